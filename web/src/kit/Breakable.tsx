import { Fragment } from 'react';
import { atSeams } from './seams';

/** A value as it is, in which long addresses break at their seams instead of anywhere. */
export function Breakable({ text }: { text: string }) {
  return atSeams(text).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
