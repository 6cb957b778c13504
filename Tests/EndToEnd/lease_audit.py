"""Watches, inside the database, that nobody takes what another still holds."""

# By how much a node may misjudge the database's clock: half the longest journey of a question and its answer.
TOLERANCE_MILLISECONDS = 250

TRIGGERS = f"""
CREATE TABLE lease_audit (happened timestamptz, what text, holder text, held_until bigint, taker text);
CREATE FUNCTION audit_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND OLD.lease_owner <> NEW.lease_owner
    AND OLD.lease_until > (extract(epoch FROM clock_timestamp()) * 1000)::bigint + {TOLERANCE_MILLISECONDS}
  THEN
    INSERT INTO lease_audit VALUES (clock_timestamp(), TG_TABLE_NAME, OLD.lease_owner, OLD.lease_until, NEW.lease_owner);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lease_audit BEFORE UPDATE ON slice FOR EACH ROW EXECUTE FUNCTION audit_lease();
CREATE TRIGGER lease_audit BEFORE UPDATE ON retry FOR EACH ROW EXECUTE FUNCTION audit_lease();
GRANT ALL ON lease_audit TO PUBLIC;
"""


class LeaseAudit:
    """To be made once the tables are there."""

    def __init__(self, cluster):
        self.cluster = cluster
        cluster.query(TRIGGERS)

    def finds_nothing(self):
        taken = self.cluster.query("SELECT * FROM lease_audit ORDER BY happened LIMIT 20")
        assert taken == [], f"leases were held twice: {taken}"
