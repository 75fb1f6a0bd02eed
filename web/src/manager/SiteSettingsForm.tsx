import { NumberInput, Select, TagsInput } from '@mantine/core';
import { domainName } from '../kit/names';
import { useTexts } from '../kit/texts';
import type { SiteSettings } from './chatSettings';
import { Section, type FormProps } from './form';

const domains = ['voice', 'chat', 'email', 'outbound'] as const;
const rules = ['refuse', 'beside', 'interrupt'] as const;

export function SiteSettingsForm({ body, set, wrong }: FormProps<SiteSettings>) {
  const t = useTexts();
  const put = (active: string, offered: string, rule: string) => set({ matrix: { ...body.matrix, [active]: { ...body.matrix[active], [offered]: rule } } });
  return (
    <>
      <div className="pair">
        <NumberInput
          label={t('manager.desktop_grace_s')} description={t('manager.desktop_grace_s_more')} value={body.desktop_grace_s} error={wrong('settings.desktop_grace_s')} min={0} max={3600} suffix=" s"
          clampBehavior="strict" onChange={(n) => set({ desktop_grace_s: Number(n) || 0 })}
        />
        <NumberInput
          label={t('manager.ageing_s')} description={t('manager.ageing_s_more')} value={body.ageing_s} error={wrong('settings.ageing_s')} min={0} max={3600} suffix=" s"
          clampBehavior="strict" onChange={(n) => set({ ageing_s: Number(n) || 0 })}
        />
      </div>
      <TagsInput
        label={t('manager.outside_allow')} description={t('manager.outside_allow_more')} value={body.outside_allow ?? []} error={wrong('settings.outside_allow') ?? wrong('outside_allow')} acceptValueOnBlur
        onChange={(entries) => set({ outside_allow: entries })}
      />
      <Section title={t('manager.matrix')} more={t('manager.matrix_more')}>
        <table className="matrix">
          <thead>
            <tr>
              <th scope="col">{t('manager.matrix_corner')}</th>
              {domains.map((offered) => (
                <th key={offered} scope="col">
                  {domainName(t, offered)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {domains.map((active) => (
              <tr key={active}>
                <th scope="row">{domainName(t, active)}</th>
                {domains.map((offered) => (
                  <td key={offered}>
                    {active === offered ? (
                      t('manager.matrix_same')
                    ) : (
                      <Select
                        size="xs" aria-label={t('manager.matrix_cell', { active: domainName(t, active), offered: domainName(t, offered) })} value={body.matrix[active]?.[offered] ?? 'refuse'}
                        data={rules.map((value) => ({ value, label: t(`manager.matrix_${value}`) }))} onChange={(rule) => rule && put(active, offered, rule)}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </>
  );
}
