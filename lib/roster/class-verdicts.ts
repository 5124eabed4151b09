/** What an admin can say of a class of the SIS and one of Aivo's: that they are one, or that they are two. */
export const classVerdicts = ["same", "another"] as const;
export type ClassVerdict = (typeof classVerdicts)[number];
