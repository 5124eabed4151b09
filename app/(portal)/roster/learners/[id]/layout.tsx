import { RecordFrame, type RecordFrameProps } from "#app/(portal)/roster/record-frame.tsx";

export default function LearnerLayout(props: RecordFrameProps) {
  return <RecordFrame kind="learner" {...props} />;
}
