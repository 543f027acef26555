-- The identity provider that somebody signed in with; none for a password.
ALTER TABLE agent_session ADD COLUMN provider TEXT;
