import { Radio, Stack } from '@mantine/core';
import { useTexts } from '../kit/texts';
import type { Reason } from './kinds';
import type { FormProps } from './Subject';

export function ReasonForm({ body, set, wrong }: FormProps<Reason>) {
  const t = useTexts();
  return (
    <Radio.Group label={t('manager.use')} value={body.use} error={wrong('use')} onChange={(use) => set({ use: use as Reason['use'] })}>
      <Stack gap="xs" mt={4}>
        <Radio value="disposition" label={t('manager.use_disposition')} description={t('manager.use_disposition_more')} />
        <Radio value="unavailable" label={t('manager.use_unavailable')} description={t('manager.use_unavailable_more')} />
      </Stack>
    </Radio.Group>
  );
}
