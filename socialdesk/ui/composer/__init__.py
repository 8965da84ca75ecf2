"""The composer: one draft, a tab per account, checks as the person types. Built when first opened."""
