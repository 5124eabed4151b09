import { type District, enrollmentRoles } from "./district.ts";

/** A successor takes over the post and its classes; whoever leaves is withdrawn. */
export function replaceTeacher(district: District, leaving: number): void {
  const { posts, classes, enrollments, day } = district;
  let post = 0;
  while (post < posts.size && posts.get("teacher", post) !== leaving) post++;
  if (post === posts.size) return;
  posts.set("generation", post, posts.get("generation", post) + 1);
  const successor = district.hire(post);
  for (const row of district.enrollmentsOf(leaving)) {
    const inClass = enrollments.get("class", row);
    const role = enrollments.get("role", row);
    district.unenroll(row);
    district.enroll(successor, inClass, role);
    classes.set(role === enrollmentRoles.teacher ? "teacher" : "coTeacher", inClass, successor);
    classes.set("shown", inClass, day);
  }
  district.end("people", leaving);
}
