import './Progress.css';
import { useTexts } from './texts';

/** How far something has come: value of max. Without a value it goes on for nobody knows how long. */
export function Progress({ label, value, max = 100 }: { label: string; value?: number; max?: number }) {
  const t = useTexts();
  const percent = value === undefined ? undefined : Math.round((100 * Math.min(value, max)) / Math.max(1, max));
  return (
    <div
      className="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}
      aria-valuetext={percent === undefined ? undefined : t('kit.progress', { percent })} data-unknown={percent === undefined}
    >
      <div style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}
