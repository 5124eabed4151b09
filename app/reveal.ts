/**
 * Shows what a page waits for as soon as it has come. Where it comes after its skeleton, React puts it in place 300 ms after that was painted and
 * no sooner, by the time that it keeps in `$RT`: longer than most pages take. Without that time it does so before the next frame, as it does where nothing was painted yet.
 */
export const revealAtOnce = 'Object.defineProperty(window,"$RT",{get(){},set(){}})';
