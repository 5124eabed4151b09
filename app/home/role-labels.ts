export const roleLabels = { admin: "District admin", teacher: "Teacher", learner: "Learner" } as const;
