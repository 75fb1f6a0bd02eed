// Media types: which a file has, which are allowed, and what people call them.

/** Types that a browser may not know on this machine. */
const byEnding: Record<string, string> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
};

export function typeOf(file: { name: string; type: string }): string {
  const ending = file.name.toLowerCase().split('.').pop() ?? '';
  return file.type || byEnding[ending] || 'application/octet-stream';
}

/** Whether a type is one of those; image/* stands for all images. */
export function allowed(types: string[], type: string): boolean {
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return types.some((t) => t === '*/*' || t === plain || (t.endsWith('/*') && plain.startsWith(t.slice(0, -1))));
}

/** What the types are called: keys of the catalogue, or a name that is the same in every language. */
export function kindsOf(types: string[]): string[] {
  const kinds = types.map((type) => {
    if (type.startsWith('image/')) return type === 'image/*' ? 'widget.kind_images' : (type.slice(6).split('+')[0] ?? '').toUpperCase();
    if (type === 'application/pdf') return 'PDF';
    if (type.startsWith('text/')) return type === 'text/plain' || type === 'text/*' ? 'widget.kind_text' : type.slice(5).toUpperCase();
    if (/msword|ms-excel|ms-powerpoint|officedocument|opendocument/.test(type)) return 'widget.kind_office';
    if (type === '*/*') return 'widget.kind_all';
    const [, name = type] = type.split('/');
    return name === '*' ? type : name.replace(/^x-/, '').toUpperCase();
  });
  return [...new Set(kinds)];
}
