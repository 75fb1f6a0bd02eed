import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import { newId } from '../kit/id';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { saveCustomer } from './customers';
import { useChatLanguages } from './queries';
import type { Address, Customer, CustomerInput } from './types';

interface Props {
  start: CustomerInput & { id?: string; version?: number };
  cancel: () => void;
  saved: (customer: Customer) => void;
}

const kinds = ['email', 'phone', 'other'] as const;

/** Makes or changes a customer, in the panel beside the conversation. */
export function CustomerForm({ start, cancel, saved }: Props) {
  const t = useTexts();
  const languages = useChatLanguages();
  const [name, setName] = useState(start.name);
  const [company, setCompany] = useState(start.company ?? '');
  const [language, setLanguage] = useState(start.language ?? '');
  const [note, setNote] = useState(start.note ?? '');
  const [addresses, setAddresses] = useState(() => (start.addresses?.length ? start.addresses : [{ kind: 'email', value: '' } as Address]).map((a) => ({ ...a, key: newId() })));
  const save = useMutation({
    mutationFn: () =>
      saveCustomer({
        ...start, name: name.trim(), company: company.trim(), language, note,
        addresses: addresses.filter((a) => a.value.trim() !== '').map(({ kind, value }) => ({ kind, value: value.trim() })),
      }),
    onSuccess: saved,
  });
  const fault = save.error ? asFault(save.error) : undefined;
  const change = (key: string, to: Partial<Address>) => setAddresses((all) => all.map((a) => (a.key === key ? { ...a, ...to } : a)));

  return (
    <form
      className="customer-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && !save.isPending) save.mutate();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        cancel();
      }}
    >
      <TextInput size="xs" label={t('desk.customer_name')} value={name} autoFocus required maxLength={200} onChange={(e) => setName(e.currentTarget.value)} />
      <TextInput size="xs" label={t('desk.customer_company')} value={company} maxLength={200} onChange={(e) => setCompany(e.currentTarget.value)} />
      <fieldset className="customer-form-addresses">
        <legend>{t('desk.customer_addresses')}</legend>
        {addresses.map((a) => (
          <div key={a.key} className="customer-form-address">
            <Select
              size="xs" aria-label={t('desk.address_kind')} data={kinds.map((k) => ({ value: k, label: t(`desk.address_${k}`) }))} value={a.kind}
              onChange={(kind) => kind && change(a.key, { kind: kind as Address['kind'] })}
            />
            <TextInput size="xs" aria-label={t('desk.address_value')} value={a.value} maxLength={320} onChange={(e) => change(a.key, { value: e.currentTarget.value })} />
            <button type="button" className="tool" aria-label={t('desk.address_remove', { name: a.value })} onClick={() => setAddresses((all) => all.filter((x) => x.key !== a.key))}>
              <IconX size={14} aria-hidden="true" />
            </button>
          </div>
        ))}
        <button type="button" className="link" onClick={() => setAddresses((all) => [...all, { kind: 'phone', value: '', key: newId() }])}>
          <IconPlus size={13} aria-hidden="true" /> {t('desk.address_add')}
        </button>
      </fieldset>
      <Select size="xs" label={t('app.language')} data={[{ value: '', label: '–' }, ...languages]} value={language} onChange={(l) => setLanguage(l ?? '')} />
      <Textarea size="xs" label={t('desk.customer_note')} value={note} autosize minRows={3} maxRows={10} maxLength={8_000} onChange={(e) => setNote(e.currentTarget.value)} />
      <Refusal fault={fault} />
      <div className="dialog-do">
        <Button variant="default" onClick={cancel}>
          {t('app.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
          {t('desk.save')}
        </Button>
      </div>
    </form>
  );
}
