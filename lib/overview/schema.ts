/** What is active of each. */
export interface RosterCounts {
  readonly schools: number;
  readonly classrooms: number;
  readonly teachers: number;
  readonly learners: number;
}
