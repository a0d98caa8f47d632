import sanitizeHtml from 'sanitize-html';

const MATHML = [
  ...['math', 'semantics', 'annotation', 'mrow', 'mi', 'mn', 'mo', 'ms', 'mtext', 'mspace'],
  ...['msup', 'msub', 'msubsup', 'mover', 'munder', 'munderover', 'mfrac', 'msqrt', 'mroot'],
  ...['mtable', 'mtr', 'mtd', 'mpadded', 'mphantom', 'mstyle', 'menclose'],
];

/**
 * Leaves what our renderer makes and nothing else. The parser escapes markup already; this holds even
 * if it, the highlighter or the formulas should once not.
 */
export function sanitize(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'blockquote', 'ul', 'ol', 'li', 'hr', 'br'],
      ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'pre', 'code', 'em', 'strong', 's', 'a'],
      ...['img', 'span', 'input', ...MATHML],
    ],
    allowedAttributes: {
      ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag) => [tag, ['id']])),
      a: ['href', 'title', 'rel'],
      img: ['src', 'alt', 'title', 'loading', 'width', 'height'],
      ol: ['start'],
      th: [{ name: 'style', values: [] }, 'align'],
      td: ['align'],
      code: ['class'],
      span: ['class'],
      input: ['type', 'checked', 'disabled'],
      math: ['xmlns', 'display'],
      annotation: ['encoding'],
      mo: ['stretchy', 'fence', 'separator', 'lspace', 'rspace', 'minsize', 'maxsize'],
      mi: ['mathvariant'],
      mtable: ['columnalign', 'rowspacing', 'columnspacing'],
      mspace: ['width', 'height'],
      mfrac: ['linethickness'],
      mstyle: ['scriptlevel', 'displaystyle'],
      menclose: ['notation'],
    },
    allowedClasses: { span: ['hljs-*', 'katex'], code: ['language-*'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['http', 'https'] },
    allowProtocolRelative: false,
    // Whoever follows a link from a text by somebody else tells nobody where they come from.
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: { ...attribs, rel: 'nofollow noopener noreferrer' },
      }),
      img: (tagName, attribs) => ({ tagName, attribs: { ...attribs, loading: 'lazy' } }),
    },
    disallowedTagsMode: 'escape',
  });
}
