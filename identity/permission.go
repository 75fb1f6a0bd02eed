package identity

import "slices"

// Permission is one thing that a person may do to the work of others, or choose for the
// own. Who has which is said for each person; what was not said follows from the roles.
type Permission string

const (
	Monitor         Permission = "monitor"          // listen in on a conversation
	Whisper         Permission = "whisper"          // write to its agents unseen by the customer
	BargeIn         Permission = "barge_in"         // join it for the customer to see
	TakeOver        Permission = "take_over"        // become its owner
	Reassign        Permission = "reassign"         // offer it to another agent
	End             Permission = "end"              // end it
	AgentState      Permission = "agent_state"      // change agents' states, and sign them out
	AgentSkills     Permission = "agent_skills"     // change agents' skills and queues
	OverrideMinimum Permission = "override_minimum" // leave a queue with fewer agents than its minimum
	MailQueue       Permission = "mail_queue"       // have mails that wait to leave tried at once, or give them up
	Erase           Permission = "erase"            // erase a customer with all that the customer wrote
	Pick            Permission = "pick"             // choose waiting contacts oneself
)

// Permissions are all there are, in the order in which people are shown them.
func Permissions() []Permission {
	return []Permission{Monitor, Whisper, BargeIn, TakeOver, Reassign, End, AgentState, AgentSkills, OverrideMinimum, MailQueue, Erase, Pick}
}

// Permitted gives what roles bring where nothing else was said: administrators and
// supervisors may steer, administrators may erase people, agents may pick unless their unit has that granted one by one.
func Permitted(roles []Role, pickByPermission bool) []Permission {
	c := Caller{Roles: roles}
	var all []Permission
	if c.Has(SystemAdministrator, BusinessAdministrator, Supervisor) {
		erases := c.Has(SystemAdministrator, BusinessAdministrator)
		all = slices.DeleteFunc(Permissions(), func(p Permission) bool { return p == Pick || p == Erase && !erases })
	}
	if c.Has(Agent) && !pickByPermission {
		all = append(all, Pick)
	}
	return all
}

// May reports whether the user has a permission. unit is the user's own.
func (u User) May(p Permission, unit Unit) bool {
	if u.Permissions != nil {
		return slices.Contains(u.Permissions, p)
	}
	return slices.Contains(Permitted(u.Roles, unit.PickByPermission), p)
}
