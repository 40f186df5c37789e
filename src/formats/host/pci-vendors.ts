/** Makers of cards that are found in servers, by the names of pci.ids. */
const VENDORS: Record<string, string> = {
  '1000': 'Broadcom / LSI',
  '1002': 'Advanced Micro Devices, Inc. [AMD/ATI]',
  '1022': 'Advanced Micro Devices, Inc. [AMD]',
  '1028': 'Dell',
  '102b': 'Matrox Electronics Systems Ltd.',
  '103c': 'Hewlett-Packard Company',
  '1077': 'QLogic Corp.',
  '10b5': 'PLX Technology, Inc.',
  '10de': 'NVIDIA Corporation',
  '10df': 'Emulex Corporation',
  '10ec': 'Realtek Semiconductor Co., Ltd.',
  '10ee': 'Xilinx Corporation',
  '11f8': 'PMC-Sierra Inc.',
  '1425': 'Chelsio Communications Inc',
  '14e4': 'Broadcom Inc. and subsidiaries',
  '15b3': 'Mellanox Technologies',
  '15ad': 'VMware',
  '17d3': 'Areca Technology Corp.',
  '17d5': 'Neterion Inc.',
  '1924': 'Solarflare Communications',
  '1a03': 'ASPEED Technology, Inc.',
  '1b4b': 'Marvell Technology Group Ltd.',
  '1da3': 'Habana Labs Ltd.',
  '1dd8': 'Pensando Systems',
  '19a2': 'Emulex Corporation',
  '19e5': 'Huawei Technologies Co., Ltd.',
  '1590': 'Hewlett Packard Enterprise',
  '8086': 'Intel Corporation',
  '8088': 'Beijing Wangxun Technology Co., Ltd.',
  '9005': 'Adaptec',
};

/** The same makers as older lists called them. */
const FORMER: Record<string, readonly string[]> = {
  '1000': ['LSI Logic / Symbios Logic'],
  '1002': ['Advanced Micro Devices [AMD] nee ATI', 'ATI Technologies Inc'],
  '1022': ['Advanced Micro Devices [AMD]'],
  '10de': ['nVidia Corporation'],
  '14e4': ['Broadcom Corporation', 'Broadcom Limited'],
  '10ee': ['Xilinx'],
};

export function vendorName(id: string | null): string | null {
  return id === null ? null : (VENDORS[id] ?? null);
}

/** `Intel Corporation I350 Gigabit Network Connection` in its two halves; where no known maker leads, all of it is the model. */
export function splitVendor(
  id: string | null,
  text: string | null,
): { manufacturer: string | null; model: string | null } {
  const known = vendorName(id);
  if (text === null) return { manufacturer: known, model: null };
  const ids = id === null ? Object.keys(VENDORS) : [id];
  for (const one of ids) {
    for (const name of [VENDORS[one] ?? '', ...(FORMER[one] ?? [])]) {
      if (name === '' || !text.toLowerCase().startsWith(`${name.toLowerCase()} `)) continue;
      return { manufacturer: name, model: text.slice(name.length + 1) };
    }
  }
  return { manufacturer: known, model: text };
}
