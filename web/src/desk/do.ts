import { useCommands } from '../kit/commands';
import { keyTable, useKeys, type KeyName } from '../kit/keys';
import { useTexts } from '../kit/texts';

/** What may be done now: by its key, and by its name in the palette. */
export function useDo(table: Partial<Record<KeyName, () => void>>): void {
  const t = useTexts();
  useKeys(table);
  useCommands(
    (Object.keys(table) as KeyName[]).map((name) => ({
      id: name, title: t(`app.key_${name}`), keys: keyTable[name].shown, run: () => table[name]?.(),
    })),
  );
}
