import { RecordFrame, type RecordFrameProps } from "#app/(portal)/roster/record-frame.tsx";

export default function ClassroomLayout(props: RecordFrameProps) {
  return <RecordFrame kind="classroom" {...props} />;
}
