import { type ComponentProps, cloneElement, type MouseEvent, type ReactElement, type RefObject } from "react";
import { useReadOnly } from "./read-only.tsx";

export type TriggerElement = ReactElement<ComponentProps<"button">>;

export interface DialogTriggerProps {
  /** The button that opens it. */
  readonly of: TriggerElement;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  /** What it opens is fetched when the hand or the keyboard comes near. */
  readonly fetchIt: () => Promise<unknown>;
  /** Holds the button once it was pressed. */
  readonly pressed: RefObject<HTMLElement | null>;
}

/** The button of a dialog whose code most visits never need. It stays the element that it is, and the focus returns to it. */
export function DialogTrigger({ of, isOpen, onOpen, fetchIt, pressed }: DialogTriggerProps) {
  // One that could not be pressed is not there.
  if (useReadOnly()) return null;
  // What cannot be fetched now is fetched again when it is wanted, and then fails where it is seen.
  const near = () => void fetchIt().catch(() => undefined);
  return cloneElement(of, {
    "aria-haspopup": "dialog",
    "aria-expanded": isOpen,
    onPointerEnter: near,
    onFocus: near,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      of.props.onClick?.(event);
      pressed.current = event.currentTarget;
      onOpen();
    },
  });
}
