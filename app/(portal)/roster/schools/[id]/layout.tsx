import { RecordFrame, type RecordFrameProps } from "#app/(portal)/roster/record-frame.tsx";

export default function SchoolLayout(props: RecordFrameProps) {
  return <RecordFrame kind="school" {...props} />;
}
