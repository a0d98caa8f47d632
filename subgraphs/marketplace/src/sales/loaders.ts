import { keyedLoader } from '@civitas/platform/loaders';
import type { MarketplaceDatabase } from '../context.ts';

export function createSalesLoaders(db: MarketplaceDatabase) {
  return {
    salesByMerchantId: keyedLoader(
      (ids) => db.client.merchantSales.findMany({ where: { merchantId: { in: [...ids] } } }),
      (sales) => sales.merchantId,
    ),
  };
}
