package api

import (
	"context"
	"portico/acd"
)

func (s *Server) setPassword(ctx context.Context, c call, in *passwordInput) (*Nothing, error) {
	return nil, errAway
}

func (s *Server) changeOwnPassword(ctx context.Context, c call, in *ownPasswordInput) (*Nothing, error) {
	return nil, errAway
}

func (s *Server) listTokens(ctx context.Context, c call, in *tokensInput) (*Answer[Page[Token]], error) {
	return nil, errAway
}

func (s *Server) createToken(ctx context.Context, c call, in *newTokenInput) (*Answer[NewToken], error) {
	return nil, errAway
}

func (s *Server) revokeToken(ctx context.Context, c call, in *idInput) (*Nothing, error) {
	return nil, errAway
}

func (s *Server) setupState(ctx context.Context, c call, in *Nothing) (*Answer[SetupState], error) {
	return nil, errAway
}

func (s *Server) firstStart(ctx context.Context, c call, in *setupInput) (*Answer[FirstStarted], error) {
	return nil, errAway
}

func (s *Server) signIn(ctx context.Context, c call, in *signInInput) (*signedIn, error) {
	return nil, errAway
}

func (s *Server) whoAmI(ctx context.Context, c call, in *Nothing) (*Answer[Me], error) {
	return nil, errAway
}

func (s *Server) signOut(ctx context.Context, c call, in *Nothing) (*signedOut, error) {
	return nil, errAway
}

func (s *Server) readSettings(ctx context.Context, c call, in *Nothing) (*Answer[VersionedSettings], error) {
	return nil, errAway
}

func (s *Server) changeSettings(ctx context.Context, c call, in *settingsInput) (*Answer[VersionedSettings], error) {
	return nil, errAway
}

func (s *Server) listAudit(ctx context.Context, c call, in *auditInput) (*Answer[Page[AuditEntry]], error) {
	return nil, errAway
}

func (s *Server) listContacts(ctx context.Context, c call, in *contactsInput) (*Answer[Page[Contact]], error) {
	return nil, errAway
}

func (s *Server) readContact(ctx context.Context, c call, in *contactInput) (*Answer[Contact], error) {
	return nil, errAway
}

func (s *Server) contactFacts(ctx context.Context, c call, in *contactInput) (*Answer[Page[Fact]], error) {
	return nil, errAway
}

func (s *Server) accept(ctx context.Context, c call, in *offerInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) decline(ctx context.Context, c call, in *offerInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) finish(ctx context.Context, c call, in *plainInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) wrapUp(ctx context.Context, c call, in *wrapUpInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) extend(ctx context.Context, c call, in *extendInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) transfer(ctx context.Context, c call, in *transferInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) requeue(ctx context.Context, c call, in *requeueInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) pick(ctx context.Context, c call, in *pickInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) reassign(ctx context.Context, c call, in *reassignInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) priority(ctx context.Context, c call, in *priorityInput) (*Answer[Done], error) {
	return nil, errAway
}

func (s *Server) readDesk(ctx context.Context, c call, in *Nothing) (*Answer[Desk], error) {
	return nil, errAway
}

func (s *Server) setAgentState(ctx context.Context, c call, in *stateInput) (*Answer[Desk], error) {
	return nil, errAway
}

func (s *Server) signOutAgent(ctx context.Context, c call, in *agentSignOutInput) (*Answer[Desk], error) {
	return nil, errAway
}

func (s *Server) listMessages(ctx context.Context, c call, in *messagesInput) (*Answer[Page[Message]], error) {
	return nil, errAway
}

func (s *Server) sendMessage(ctx context.Context, c call, in *sendInput) (*Answer[Sent], error) {
	return nil, errAway
}

func (s *Server) readDraft(ctx context.Context, c call, in *plainInput) (*Answer[Draft], error) {
	return nil, errAway
}

func (s *Server) saveDraft(ctx context.Context, c call, in *draftInput) (*Nothing, error) {
	return nil, errAway
}

func (s *Server) markRead(ctx context.Context, c call, in *readInput) (*Nothing, error) {
	return nil, errAway
}

func (s *Server) queueFigures(ctx context.Context, c call, in *scopeInput) (*Answer[Table[QueueFigures]], error) {
	return nil, errAway
}

func (s *Server) agentFigures(ctx context.Context, c call, in *scopeInput) (*Answer[Table[AgentFigures]], error) {
	return nil, errAway
}

func (s *Server) listHistory(ctx context.Context, c call, in *pageInput) (*Answer[Page[Contact]], error) {
	return nil, errAway
}

func (s *Server) listFacts(ctx context.Context, c call, in *pageInput) (*Answer[Page[Fact]], error) {
	return nil, errAway
}

func (s *Server) search(ctx context.Context, c call, in *searchInput) (*Answer[Found], error) {
	return nil, errAway
}

func (k kind[A, B]) list(context.Context, *Server, call, *listInput) (*Answer[Page[Object[B]]], error) {
	return nil, errAway
}
func (k kind[A, B]) create(context.Context, *Server, call, *createInput[B]) (*Answer[Object[B]], error) {
	return nil, errAway
}
func (k kind[A, B]) readOne(context.Context, *Server, call, *idInput) (*Answer[Object[B]], error) {
	return nil, errAway
}
func (k kind[A, B]) replace(context.Context, *Server, call, *changeInput[B]) (*Answer[Object[B]], error) {
	return nil, errAway
}
func (k kind[A, B]) remove(context.Context, *Server, call, *removeInput) (*Nothing, error) {
	return nil, errAway
}

type catalogue struct{ units map[acd.UnitID]string }

func (c *catalogue) person(acd.AgentID) string { return "" }
