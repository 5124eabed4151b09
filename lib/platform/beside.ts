/**
 * Asks two things at once. What the first refuses is what is told, whichever refuses sooner: the others are asked about what only the first
 * knows to be there.
 */
export async function beside<First, Others>(first: () => Promise<First>, others: () => Promise<Others>): Promise<[First, Others]> {
  const asked = first();
  const rest = Promise.resolve().then(others);
  rest.catch(() => {});
  return [await asked, await rest];
}
