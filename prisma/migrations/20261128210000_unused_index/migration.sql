-- No query asks who has a white-list, and every change of a subscriber paid for it.
DROP INDEX "subscribers_extra_white_list_ids_idx";
