import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { useTexts } from '../kit/texts';
import { written } from './addresses';
import type { MailAddress } from './types';

/** The addresses that a mail may leave from, the usual one first: of a contact, or of a new mail of a queue. */
export function useSenders(of: { contact: string } | { queue: string }): readonly MailAddress[] {
  const known = 'contact' in of ? of.contact : of.queue;
  const found = useQuery({
    queryKey: ['mail-addresses', of],
    queryFn: async () => (await answer(api.GET('/api/v1/mail-addresses', { params: { query: of } }))).items,
    enabled: known !== '', staleTime: 60_000, retry: 1,
  });
  return found.data ?? [];
}

interface Props {
  senders: readonly MailAddress[];
  /** Empty: the usual one. */
  value: string;
  onChange: (address: string) => void;
}

/** The address that a mail leaves from, where there are several. */
export function From({ senders, value, onChange }: Props) {
  const t = useTexts();
  const [usual] = senders;
  if (!usual || (senders.length === 1 && (value === '' || value === usual.address))) return null;
  const chosen = value || usual.address;
  const gone = !senders.some((s) => s.address === chosen);
  return (
    <div className="mail-row">
      <span aria-hidden="true">{t('mail.from')}</span>
      <Select
        size="xs" aria-label={t('mail.from')} value={gone ? null : chosen} allowDeselect={false} comboboxProps={{ withinPortal: false }}
        error={gone ? t('mail.from_gone', { address: chosen }) : undefined} data={senders.map((s) => ({ value: s.address, label: written(s) }))}
        onChange={(address) => address && onChange(address === usual.address ? '' : address)}
      />
    </div>
  );
}
