import { dateTime, useTexts } from './texts';

/** Who changed an object last, and when; with versions, the way to what it was before. */
export function ChangedBy({ at, by, versions }: { at: number; by: string; versions?: () => void }) {
  const t = useTexts();
  return (
    <small className="changed-by">
      {t('kit.changed', { when: dateTime(at), who: by || t('kit.system') })}
      {versions && (
        <>
          {' · '}
          <button type="button" className="link" onClick={versions}>
            {t('kit.versions')}
          </button>
        </>
      )}
    </small>
  );
}
