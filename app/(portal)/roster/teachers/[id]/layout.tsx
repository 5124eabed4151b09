import { RecordFrame, type RecordFrameProps } from "#app/(portal)/roster/record-frame.tsx";

export default function TeacherLayout(props: RecordFrameProps) {
  return <RecordFrame kind="teacher" {...props} />;
}
