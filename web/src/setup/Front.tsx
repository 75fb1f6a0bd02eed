import { SegmentedControl } from '@mantine/core';
import { IconBuildingArch } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { choose, languages, useLanguage, useTexts, type Language } from '../kit/texts';
import './Front.css';

/** The page that stands before the work: one card, and the choice of the language. */
export function Front({ title, subtitle, wide, children }: { title: string; subtitle?: string; wide?: boolean; children: ReactNode }) {
  const t = useTexts();
  const spoken = useLanguage();
  useEffect(() => {
    document.title = `${title} – Portico`;
  }, [title]);
  return (
    <div className="front">
      <main className={wide ? 'front-card front-wide' : 'front-card'}>
        <header>
          <IconBuildingArch size={34} stroke={1.6} aria-hidden="true" />
          <div>
            <h1>{title}</h1>
            {subtitle && <p>{subtitle}</p>}
          </div>
        </header>
        {children}
      </main>
      <footer>
        <SegmentedControl
          aria-label={t('app.language')} size="xs" value={spoken} onChange={(value) => void choose(value as Language)}
          data={languages.map(({ value, label }) => ({ value, label }))}
        />
      </footer>
    </div>
  );
}
