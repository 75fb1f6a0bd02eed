/** The page's title with the number of unread messages before it, instead of the
 * number that was put there earlier. What the page itself has written stays. */
export function titleWith(title: string, was: number, count: number): string {
  const mark = `(${was}) `;
  const plain = was > 0 && title.startsWith(mark) ? title.slice(mark.length) : title;
  return count > 0 ? `(${count}) ${plain}` : plain;
}
