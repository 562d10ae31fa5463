/* What the files of this room share: who does what. What it is done to is in
 * objects.h.
 *
 *   agent.c    the stack
 *   listener.c the addresses we receive on
 *   backlog.c  what has arrived there and was not read yet
 *   connections.c  those that peers open: how many, from whom
 *   secure.c   TLS: our certificates, and the contexts of the listeners
 *   secure_connection.c  TLS: what the stack forgets of each connection, pings
 *   secure_peer.c  TLS: who is at the other end
 *   request.c  the checks before a call
 *   form.c     headers that a request must have in good form
 *   answer.c   stateless answers; what is refused is counted and logged
 *   claims.c   who the caller says it is
 *   admit.c    limits, by trunk and in total
 *   priority.c what an INVITE says of its rank
 *   call.c     the call and its states; call_enter() alone changes them
 *   caller.c   the caller's INVITE transaction: what we answer on it
 *   attempt.c  our INVITE to a gateway, and failover
 *   choose.c   which gateway, and which of its targets
 *   outcome.c  the answer to a call that no gateway took
 *   redirect.c redirections by the callee's side, followed
 *   contact.c  and where they may lead
 *   history.c  History-Info, for calls that were
 *   moved.c    redirect mode: the caller is told the way
 *   uri.c      when two URIs are the same
 *   dialog.c   pairs of legs, one pair for each early dialog of the callee
 *   prack.c    reliable provisional responses and their PRACK
 *   relay.c    requests within a dialog, passed from one leg to the other
 *   parser.c   how the stack reads messages
 *   written.c  their URIs as they were written
 *   session.c  session timers, and calls that last too long
 *   label.c    what the callee is told of a doubtful call
 *   asserted.c P-Asserted-Identity, changed
 *   message.c  building one leg's message out of the other's
 *   address.c  From, To and Request-URI as the other side gets them
 *   privacy.c  what those we do not trust are not told
 *   session_id.c  one name of a session for both legs
 *   headers.c  which headers cross from one to the other, and how
 *   replaces.c dialogs named in headers: Replaces, also in Refer-To, and kin
 *   identifier.c  the text of such a name
 *   takeover.c an INVITE that names a call of ours: where it goes
 *   gateway.c  gateways, and the targets of each
 *   lookup.c   gateways that are names: their targets, by DNS
 *   target.c   one address of a gateway
 *   health.c   whether a target lives, by OPTIONS and by what calls find
 *   loops.c    calls that come round
 *   call_id.c  Call-IDs that we know as ours
 *   recent.c   what was lately answered without state
 *   guard.c    functions of the stack that ours take the place of
 *   trace.c    the stack's own log
 */
#ifndef CALLSIEVE_SIP_INTERNAL_H
#define CALLSIEVE_SIP_INTERNAL_H

#include "objects.h"

/* backlog.c */
int backlog_socket(const struct netaddr *addr, uint16_t port);
bool backlog_is_long(int fd);
uint64_t backlog_standing_ms(struct sip *sip);

/* listener.c */
int listeners_bind(struct sip *sip);
void listeners_configure(struct sip *sip, const struct config *config);
const struct listener *listener_find(const struct sip *sip, const char *name);
const struct listener *listener_of(const struct sip *sip, tport_t *transport);
enum config_transport transport_of(tport_t *transport);
tport_t *transport_open(tport_t *transport);

/* connections.c */
int connections_new(struct sip *sip);
void connections_free(struct sip *sip);
void connection_settled(int fd);
void connection_secured(int fd, struct ssl_st *ssl);

/* secure.c: while the stack makes its context, secure_begin() goes before and
 * secure_end(), with the outcome, after. */
#define SECURE_PATH 32
int secure_begin(char directory[SECURE_PATH], const char *certificate);
int secure_end(struct listener *listener, const char *directory, int err);
void secure_close(struct listener *listener);
struct secure_files *secure_load(const struct config *config,
				 struct buf *errors);
void secure_files_free(struct secure_files *files);
int secure_check(const struct sip *sip, const struct secure_files *files,
		 struct buf *errors);
void secure_configure(struct sip *sip, const struct config *config,
		      struct secure_files *files);

/* secure_connection.c */
int secure_watch(void);
void secure_release(struct ssl_st *ssl);

/* secure_peer.c */
bool secure_suits(const struct config_trunk *trunk, tport_t *transport,
		  const msg_t *msg);

/* label.c */
bool label_is_ours(const struct call *call, const char *name);
int label_add(const struct call *call, msg_t *msg);
void label_free(struct call *call);

/* claims.c */
void claims_read(struct invite *invite, su_home_t *home, const sip_t *req);

/* request.c */
int request_recv(struct sip *sip, nta_agent_t *agent, msg_t *msg, sip_t *req);

/* form.c */
const char *form_fault(const sip_t *request);

/* answer.c */
void answer(struct sip *sip, msg_t *msg, int status, const char *phrase,
	    sip_header_t *extra);
sip_header_t *answer_headers(su_home_t *home, const struct sip_answer *how);
void answer_as(struct sip *sip, msg_t *msg, const struct sip_answer *how);
void refuse(struct sip *sip, msg_t *msg, const struct invite *invite,
	    int status, const char *phrase, sip_header_t *extra);
void log_refused(struct sip *sip, const struct invite *invite, const sip_t *req,
		 int status, const char *reason);
struct sip_answer busy(const struct sip *sip);

/* admit.c */
struct trunk_load **trunk_loads_new(struct sip *sip,
				    const struct config *config);
void trunk_loads_free(struct sip *sip);
struct trunk_load *trunk_load_of(const struct sip *sip,
				 const struct config_trunk *trunk);
const struct limit *admit_refusal(struct sip *sip,
				  const struct config_trunk *trunk,
				  const struct trunk_load *load,
				  uint64_t now_us);
void admit_take(struct sip *sip, const struct config_trunk *trunk,
		struct trunk_load *load, uint64_t now_us);
void load_calls(struct sip *sip, struct trunk_load *load, int more);
void load_unacked(struct sip *sip, struct trunk_load *load, int more);
void load_count(struct call *call, enum call_state from, enum call_state to);

/* priority.c */
bool priority_claimed(const struct config_trunk *trunk, const sip_t *req);
sip_header_t *priority_accepted(const struct config_trunk *trunk,
				su_home_t *home);
void priority_unmark(const struct privilege *privilege, msg_t *msg, sip_t *req);

/* call.c */
struct call *call_new(struct sip *sip, const struct config_trunk *trunk,
		      struct trunk_load *load, msg_t *msg, void *ctx);
struct call *call_abandoned(struct call *call);
void call_enter(struct call *call, enum call_state state);
void call_report(struct call *call, enum call_party by, int status,
		 const char *phrase);
void call_hangup(struct call *call, const char *reason);
void call_bye(struct leg *leg, msg_t *bye, const sip_t *sip);
void call_settle(struct call *call);
void call_free(struct call *call);
void call_timer_c(struct call *call);
bool call_timer_new(struct call *call);

/* caller.c */
int caller_accept(struct call *call, tport_t *transport);
void caller_provisional(struct call *call, struct dialog *dialog, msg_t *msg,
			const sip_t *response);
int caller_answer(struct call *call, struct dialog *dialog, msg_t *msg,
		  const sip_t *response);
void caller_final(struct call *call, msg_t *msg, const sip_t *response,
		  int status, const char *phrase);
void caller_reject(struct call *call, enum call_party by, int status,
		   const char *phrase);
/* With an answer of our own. */
void caller_end(struct call *call, enum call_party by,
		const struct sip_answer *how);
void caller_move(struct call *call);
void refusals_free(struct sip *sip);

/* attempt.c */
void attempt_first(struct call *call);
void attempt_takeover(struct call *call, struct leg *leg);
void attempt_cancel(struct call *call, const sip_t *sip);
void attempt_ack(struct call *call, struct dialog *dialog, msg_t *ack,
		 const sip_t *sip);
void attempt_timeout(struct call *call);
void attempts_unreachable(struct sip *sip, const struct netaddr *addr,
			  uint16_t port);
void attempt_pracked(struct call *call);

/* redirect.c */
bool redirect_refused(struct call *call, const sip_t *response, int status);
struct target *redirect_next(struct call *call);
void redirect_over(struct call *call);
const url_t *redirect_uri(const struct call *call);
bool redirect_followed(const struct call *call);
bool redirect_conclusive(const struct call *call);
int redirect_history(const struct call *call, msg_t *msg);
void redirect_free(struct redirect *redirect);

/* contact.c */
bool uri_has_transport(const url_t *uri);
bool uri_transport(enum config_transport *transport, const url_t *uri);
url_t *contact_uri(su_home_t *home, const sip_contact_t *contact);
struct target *contact_target(struct call *call,
			      const struct config_gateway *config,
			      const url_t *uri);

/* history.c */
int history_add(msg_t *msg, const sip_t *invite,
		const struct history_entry *const *entries, unsigned count);
void history_retarget(struct history_entry *entry,
		      const struct history_entry *origin,
		      const sip_contact_t *contact);

/* uri.c */
bool uri_equal(const url_t *a, const url_t *b);

/* moved.c */
void moved_read(struct moved *moved, struct sip *sip,
		const struct config *config, const struct config_trunk *trunk,
		su_home_t *home, const sip_request_t *rq);

/* dialog.c */
struct dialog *dialog_for(struct call *call, const sip_t *response);
int dialog_decline(struct call *call, const sip_t *response);
struct dialog *dialog_confirmed(const struct call *call);
void dialogs_free(struct call *call, const struct dialog *keep);
struct leg *leg_peer(struct leg *leg);
bool leg_is_caller(const struct leg *leg);
const sip_contact_t *contact_for(const struct call *call,
				 const struct listener *listener,
				 enum config_transport transport);
const sip_contact_t *leg_contact(const struct leg *leg);
void leg_refresh(struct leg *leg, const url_t *target);
nta_outgoing_t *leg_send(struct leg *leg, nta_response_f *h, void *magic,
			 msg_t *msg);
nta_outgoing_t *leg_send_invite(struct leg *leg, nta_response_f *h, void *magic,
				msg_t *msg);
void leg_bye(struct leg *leg, msg_t *bye, const sip_t *sip, const char *reason);
void leg_over(struct leg *leg);
void leg_end(struct leg *leg);

/* relay.c */
int relay_pass(struct leg *leg, nta_incoming_t *irq, const sip_t *sip,
	       const char *rack);
int relay_recv(struct leg *leg, nta_leg_t *nta, nta_incoming_t *irq,
	       const sip_t *sip);
void relay_pracked(struct relay *relay);
void relays_end(struct call *call, const struct dialog *dialog);
void relays_drop(struct call *call);
bool relay_pending(const struct leg *to);

/* prack.c */
bool prack_provisional(struct leg *to, nta_incoming_t *irq, struct relay *relay,
		       msg_t *msg, const sip_t *response);
bool prack_awaited(const struct call *call, const struct relay *relay);
void prack_relay_gone(struct call *call, const struct relay *relay);
void prack_dialog_gone(struct call *call, const struct dialog *dialog);
void prack_call_gone(struct call *call);

/* parser.c */
extern const unsigned parser_flags, parser_response_mask;
msg_mclass_t *parser_new(su_home_t *home);

/* session.c */
bool session_too_short(const struct config *config, const sip_t *request);
int session_complete(msg_t *reply, const sip_t *request);
void session_agreed(struct call *call, const sip_t *answer);
void session_watch(struct call *call);
void session_over(struct call *call);

/* message.c */
msg_t *message_invite(struct call *call, const struct target *target);
msg_t *message_within(struct leg *to, msg_t *from, const sip_t *sip,
		      sip_method_t method, const char *name,
		      const sip_cseq_t *cseq);
msg_t *message_response(struct crossing *crossing, nta_incoming_t *irq,
			msg_t *from, const sip_t *response, int status,
			const char *phrase, const sip_contact_t *contact,
			const char *tag);
bool method_sets_target(sip_method_t method);
int max_forwards_left(const sip_t *sip);
void invite_cancel(nta_outgoing_t *orq, const sip_t *from);
int response_status(const nta_outgoing_t *orq, const sip_t *sip);

/* address.c */
sip_from_t *address_from(const struct crossing *crossing, msg_t *msg,
			 const sip_from_t *from, const char *host);
sip_to_t *address_to(msg_t *msg, const sip_to_t *to, const char *host);
sip_request_t *address_request(msg_t *msg, const sip_request_t *rq,
			       const url_t *gateway);
const url_t *address_read(su_home_t *home, const url_t *uri);
int address_repeat(msg_t *msg, const sip_addr_t *addr, const char *tag);
url_t address_at(su_home_t *home, const sip_request_t *rq,
		 const url_t *gateway);

/* asserted.c */
/* Told of each P-Asserted-Identity, which is then made anew from that. */
typedef void asserted_change_h(su_home_t *home,
			       sip_p_asserted_identity_t *identity,
			       const char *arg);
int asserted_change(msg_t *msg, asserted_change_h *h, const char *arg);

/* verstat.c */
void verstat_strip(su_home_t *home, url_t *url);

/* In From and P-Asserted-Identity of a message, instead of what is there. */
int verstat_set(msg_t *msg, const char *value);

/* written.c */
void written_restore(su_home_t *home, sip_t *sip);
url_t written_request(su_home_t *home, const sip_request_t *rq);

/* privacy.c */
bool privacy_hides(const sip_t *sip);
int privacy_party(const struct crossing *crossing, const msg_header_t *h);
int privacy_history(const struct crossing *crossing, const msg_header_t *h);

/* session_id.c */
const sip_unknown_t *session_id_of(const sip_t *sip);
int session_id_cross(const struct crossing *crossing, const msg_header_t *h);
int session_id_add(const struct crossing *crossing);
void session_id_learn(struct dialog *dialog, const sip_t *response);
sip_header_t *session_id_ours(su_home_t *home, const struct leg *to);
sip_header_t *session_id_answer(su_home_t *home, const sip_t *request,
				const struct dialog *dialog);

/* headers.c */
struct crossing crossing_to_callee(struct call *call, struct dialog *dialog);
struct crossing crossing_to_caller(struct call *call, struct dialog *dialog);
struct crossing crossing_to(struct leg *leg);
int headers_cross(struct crossing *crossing, msg_t *msg, msg_t *from,
		  const sip_t *sip);
int header_share(const struct crossing *crossing, const msg_header_t *h);
int header_insert(msg_t *msg, void *header);
const char *header_name(const msg_header_t *h);
char *header_value(su_home_t *home, const msg_header_t *h);
void headers_index(uint8_t slots[RULE_SLOTS]);

/* replaces.c: what a request names by a dialog's identifier. The worst comes
 * last. */
enum dialog_named { NAMED_FOREIGN, NAMED_LIVE, NAMED_GONE };

void own_tag(const struct sip *sip, char tag[TAG_CHARS + 1]);
enum dialog_named replaces_named(const struct sip *sip, const sip_t *request,
				 struct leg **legp);
int replaces_cross(const struct crossing *crossing, const msg_header_t *h);
int refer_to_cross(const struct crossing *crossing, const msg_header_t *h);

/* takeover.c */
const struct config_trunk *takeover_trunk(const struct sip *sip,
					  const sip_t *request);
struct target *takeover_target(const struct leg *leg);
msg_t *takeover_invite(struct call *call, const struct target *target,
		       const struct leg *leg);

/* gateway.c */
int gateways_configure(struct sip *sip, struct config *config);
void gateways_free(struct sip *sip);
struct gateway *gateway_find(struct sip *sip,
			     const struct config_gateway *config);
struct gateway *gateway_of_trunk(struct sip *sip,
				 const struct config_trunk *trunk);
bool gateway_is_up(const struct gateway *gateway);
unsigned gateway_count(const struct gateway *gateway);
bool gateways_at(const struct sip *sip, const struct netaddr *addr);
void gateway_show(struct gateway *gateway);
void gateway_drop(struct target *target);

/* lookup.c */
int lookup_resolver(struct resolver **resolverp, const struct sip *sip,
		    const struct config *config);
int lookup_init(struct gateway *gateway);
void lookup_start(struct gateway *gateway);
void lookup_stop(struct gateway *gateway);
void lookup_fini(struct gateway *gateway);

/* target.c */
struct target *target_new(struct gateway *gateway, const struct netaddr *addr,
			  uint16_t port, enum config_transport transport,
			  const char *listen);
bool target_listen(struct target *target, const char *name);
struct target *target_back(struct gateway *gateway, const struct leg *caller);
struct target *target_ref(struct target *target);
void target_unref(struct target *target);

/* health.c */
int health_init(struct target *target);
void health_configure(struct target *target);
void health_fini(struct target *target);
bool health_good(const struct target *target);
void health_sent(struct target *target);
void health_heard(struct target *target);
void health_failed(struct target *target);

/* choose.c */
size_t choose_weighted(const unsigned *weights, size_t count, uint64_t random);
struct target *choose_target(const struct call *call);

/* outcome.c */
void outcome_add(struct call *call, msg_t *msg, int status);
void outcome_tell(struct call *call);

/* loops.c */
unsigned max_breadth(const sip_t *sip);
void ongoing_add(struct ongoing *ongoing, struct sip *sip, const sip_t *invite);
void ongoing_move(struct ongoing *ongoing, struct sip *sip,
		  struct ongoing *from);
void ongoing_remove(struct ongoing *ongoing);
bool ongoing_has(const struct sip *sip, const sip_t *invite);

/* call_id.c */
void call_id_make(const struct sip *sip, char id[CALL_ID_CHARS + 1],
		  const char *trunk, const url_t *uri);
bool call_id_ours(const struct sip *sip, const char *id);
bool call_id_loops(const struct sip *sip, const char *id, const char *trunk,
		   const url_t *uri);

/* recent.c */
struct recent;
struct recent *recent_new(void);
void recent_free(struct recent *recent);
bool recent_seen(struct recent *recent, const sip_t *sip,
		 struct sip_answer *answerp);
void recent_add(struct recent *recent, const sip_t *sip,
		const struct sip_answer *answer);

/* guard.c */
int guard_init(void);

/* trace.c */
void trace_start(bool messages);
void trace_stop(void);

#endif
