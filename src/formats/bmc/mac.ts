/** Lower case with colons, from `AC:1F:6B:DC:19:8E`, `00-21-5A-AA-BB-12` or `0c42a13dbde0`; null for what is none, or nobody's. */
export function macOf(text: string | null | undefined): string | null {
  const digits = (text ?? '').trim().replace(/[:-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(digits) || /^(?:0{12}|f{12})$/.test(digits)) return null;
  return digits.replace(/(..)(?!$)/g, '$1:');
}
