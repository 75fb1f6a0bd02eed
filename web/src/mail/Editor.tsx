import {
  IconBlockquote, IconBold, IconClearFormatting, IconItalic, IconLink, IconList, IconListNumbers, IconPhoto, IconUnderline,
} from '@tabler/icons-react';
import { Image } from '@tiptap/extension-image';
import { EditorContent, useEditor, useEditorState, type Editor as TiptapEditor } from '@tiptap/react';
import { StarterKit } from '@tiptap/starter-kit';
import { Button, TextInput } from '@mantine/core';
import { useEffect, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react';
import type { Field } from '../desk/insert';
import { pageAddress } from '../desk/PageDialog';
import { Dialog } from '../kit/Dialog';
import { useTexts } from '../kit/texts';
import { escaped } from './body';
import './Editor.css';

/** What one may do with the text from outside. */
export interface EditorHandle {
  focus(): void;
  /** Where one writes now, for standard responses. */
  field(): Field | undefined;
  /** Puts a text where the caret is. */
  put(text: string): void;
  /** Puts HTML behind what is written. */
  append(html: string): void;
  /** Shows a picture where the caret is. */
  picture(address: string, name: string): void;
}

interface Props {
  /** What it begins with; typing is told by onChange. */
  start: string;
  /** Takes the focus when it comes: at the beginning, or at the end of the text. */
  focus: boolean | 'end';
  label: string;
  lang: string | undefined;
  onChange: (html: string) => void;
  /** The caret has moved, or the text has changed. */
  onMove: () => void;
  /** True: the key was dealt with. */
  onKey: (event: KeyboardEvent) => boolean;
  /** Pictures that were pasted or dropped; without it the text takes none. */
  onPictures?: (files: File[]) => void;
  /** Other files that were. */
  onFiles?: (files: File[]) => void;
  onBlur?: () => void;
  ref?: Ref<EditorHandle>;
}

/** A text of several lines as paragraphs. */
function paragraphs(text: string): string {
  return text.split(/\n{2,}/).map((part) => `<p>${escaped(part).replaceAll('\n', '<br>')}</p>`).join('');
}

/** Where the caret stands within its block. Positions of the field count from the block's beginning. */
function fieldOf(editor: TiptapEditor): Field | undefined {
  const { $from, from, to } = editor.state.selection;
  if (!$from.parent.isTextblock) return undefined;
  const start = $from.start();
  const value = $from.parent.textBetween(0, $from.parent.content.size, undefined, '\ufffc');
  return {
    value, from: from - start, to: to - start,
    put: (a, b, text) => {
      const content = text.includes('\n') ? paragraphs(text) : [{ type: 'text', text }];
      editor.chain().focus().insertContentAt({ from: start + a, to: start + b }, content).run();
    },
    // What asked for it goes first: where nothing else is in the paragraph, it makes room.
    putHtml: (a, b, html) => void editor.chain().focus().deleteRange({ from: start + a, to: start + b }).insertContentAt(start + a, inlineOf(html)).run(),
  };
}

/** A single paragraph goes on in the line where it is put. */
const inlineOf = (html: string) => /^<p>((?:(?!<\/?p[ >]).)*)<\/p>$/s.exec(html.trim())?.[1] ?? html;

/** Writes with bold, lists, links, quotes and pictures. What is pasted keeps only what a mail may have. */
export default function Editor({ start, focus, label, lang, onChange, onMove, onKey, onPictures, onFiles, onBlur, ref }: Props) {
  const t = useTexts();
  const [linking, setLinking] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const latest = useRef({ onChange, onMove, onKey, onPictures, onFiles, onBlur });
  useEffect(() => {
    latest.current = { onChange, onMove, onKey, onPictures, onFiles, onBlur };
  });

  const editor = useEditor({
    extensions: [StarterKit.configure({ link: { openOnClick: false, HTMLAttributes: { rel: null, target: null } }, code: false, codeBlock: false }), Image.configure({ inline: true })],
    content: start,
    autofocus: focus === true ? 'start' : focus,
    injectCSS: false, // the page's policy takes no style sheets but its own
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, spellcheck: 'true', ...(lang ? { lang } : {}), class: 'editor-text' },
      handleKeyDown: (_, event) => latest.current.onKey(event),
      handlePaste: (_, event) => take([...(event.clipboardData?.files ?? [])], event),
      handleDrop: (_, event) => take([...(event.dataTransfer?.files ?? [])], event),
    },
    onUpdate: ({ editor: now }) => latest.current.onChange(now.getHTML()),
    onTransaction: () => latest.current.onMove(),
    onBlur: () => latest.current.onBlur?.(),
  });

  function take(files: File[], event: Event): boolean {
    if (files.length === 0) return false;
    event.preventDefault();
    event.stopPropagation();
    const pictures = files.filter((f) => /^image\/(png|jpeg|gif|webp)$/.test(f.type));
    const others = files.filter((f) => !pictures.includes(f));
    if (pictures.length > 0) latest.current.onPictures?.(pictures);
    if (others.length > 0) latest.current.onFiles?.(others);
    return true;
  }

  useImperativeHandle(ref, () => ({
    focus: () => void editor.chain().focus().run(),
    field: () => fieldOf(editor),
    put: (text) => void editor.chain().focus().insertContent([{ type: 'text', text }]).run(),
    append: (html) => void editor.chain().insertContentAt(editor.state.doc.content.size, html).focus().run(),
    picture: (address, name) => void editor.chain().focus().setImage({ src: address, alt: name }).run(),
  }), [editor]);

  return (
    <div className="mail-editor">
      <Toolbar editor={editor} link={() => setLinking(true)} {...(onPictures && { picture: () => picker.current?.click() })} />
      <EditorContent editor={editor} />
      <input
        ref={picker} type="file" hidden aria-hidden="true" tabIndex={-1} accept="image/png,image/jpeg,image/gif,image/webp" aria-label={t('mail.picture')}
        onChange={(e) => {
          onPictures?.([...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = '';
        }}
      />
      {linking && <LinkDialog editor={editor} close={() => setLinking(false)} />}
    </div>
  );
}

type Tool = [name: string, active: boolean | undefined, icon: ReactNode, run: () => void];

function Toolbar({ editor, link, picture }: { editor: TiptapEditor; link: () => void; picture?: () => void }) {
  const t = useTexts();
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'), italic: now.isActive('italic'), underline: now.isActive('underline'), bulletList: now.isActive('bulletList'),
      orderedList: now.isActive('orderedList'), blockquote: now.isActive('blockquote'), link: now.isActive('link'),
    }),
  });
  const chain = () => editor.chain().focus();
  const tools: Tool[] = [
    [t('mail.bold'), on.bold, <IconBold size={16} key="i" aria-hidden="true" />, () => chain().toggleBold().run()],
    [t('mail.italic'), on.italic, <IconItalic size={16} key="i" aria-hidden="true" />, () => chain().toggleItalic().run()],
    [t('mail.underline'), on.underline, <IconUnderline size={16} key="i" aria-hidden="true" />, () => chain().toggleUnderline().run()],
    [t('mail.bullets'), on.bulletList, <IconList size={16} key="i" aria-hidden="true" />, () => chain().toggleBulletList().run()],
    [t('mail.numbers'), on.orderedList, <IconListNumbers size={16} key="i" aria-hidden="true" />, () => chain().toggleOrderedList().run()],
    [t('mail.quote'), on.blockquote, <IconBlockquote size={16} key="i" aria-hidden="true" />, () => chain().toggleBlockquote().run()],
    [t('mail.link'), on.link, <IconLink size={16} key="i" aria-hidden="true" />, link],
    ...(picture ? [[t('mail.picture'), undefined, <IconPhoto size={16} key="i" aria-hidden="true" />, picture] as Tool] : []),
    [t('mail.plain_again'), undefined, <IconClearFormatting size={16} key="i" aria-hidden="true" />, () => chain().clearNodes().unsetAllMarks().run()],
  ];
  return (
    <div className="editor-tools" role="toolbar" aria-label={t('mail.looks')}>
      {tools.map(([name, active, icon, run]) => (
        <button key={name} type="button" className="tool" aria-label={name} title={name} aria-pressed={active} onMouseDown={(e) => e.preventDefault()} onClick={run}>
          {icon}
        </button>
      ))}
    </div>
  );
}

/** Asks where what is chosen leads. */
function LinkDialog({ editor, close }: { editor: TiptapEditor; close: () => void }) {
  const t = useTexts();
  const before = editor.getAttributes('link').href as string | undefined;
  const [typed, type] = useState(before ?? '');
  const [tried, setTried] = useState(false);
  const address = /^(mailto|tel):\S+$/i.test(typed.trim()) ? typed.trim() : pageAddress(typed);

  function go(): void {
    setTried(true);
    if (!address) return;
    close();
    const chain = editor.chain().focus();
    if (editor.state.selection.empty && !before) chain.insertContent([{ type: 'text', text: typed.trim(), marks: [{ type: 'link', attrs: { href: address } }] }]).run();
    else chain.extendMarkRange('link').setLink({ href: address }).run();
  }
  function remove(): void {
    close();
    editor.chain().focus().extendMarkRange('link').unsetLink().run();
  }

  return (
    <Dialog title={t('mail.link')} size={460} close={close}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          go();
        }}
      >
        <TextInput
          data-autofocus label={t('mail.link_address')} placeholder="https://" value={typed} inputMode="url" spellCheck={false} maxLength={2000}
          error={tried && !address ? t('mail.link_wrong') : undefined} onChange={(e) => type(e.currentTarget.value)}
        />
        <div className="dialog-do">
          {before && (
            <Button variant="default" size="sm" onClick={remove}>
              {t('mail.link_remove')}
            </Button>
          )}
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit">
            {t('mail.link_set')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
