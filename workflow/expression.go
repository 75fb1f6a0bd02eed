package workflow

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Limits of one expression. What remains of the language cannot loop: no ranges, no
// predicates over lists, no variables (which double a text with each line), no
// functions that multiply a text. So its cost is bounded by its length and the data.
const (
	nodesMax  = 300
	memoryMax = 100_000
)

// builtins are the functions of the language that stay.
var builtins = []string{
	"len", "abs", "ceil", "floor", "round", "int", "float", "string", "trim", "trimPrefix", "trimSuffix", "upper", "lower",
	"indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "max", "min", "split", "first", "last",
}

// environment is what an expression sees.
type environment struct {
	Contact  contactView                     `expr:"contact"`
	Customer customerView                    `expr:"customer"`
	Now      nowView                         `expr:"now"`
	Queue    func(string) (queueView, error) `expr:"queue"`
	Open     func(string) (bool, error)      `expr:"open"`
	Visits   func(string) int                `expr:"visits"`
	Like     func(string, ...string) bool    `expr:"like"`
	Mentions func(string, ...string) bool    `expr:"mentions"`
}

type contactView struct {
	ID          string            `expr:"id"`
	Medium      string            `expr:"medium"`
	Source      string            `expr:"source"`
	Destination string            `expr:"destination"`
	Language    string            `expr:"language"`
	Name        string            `expr:"name"`
	Caption     string            `expr:"caption"`
	Priority    int               `expr:"priority"`
	Data        map[string]string `expr:"data"`
	Email       emailView         `expr:"email"`
}

type customerView struct {
	Known  bool              `expr:"known"`
	Name   string            `expr:"name"`
	Fields map[string]string `expr:"fields"`
}

type nowView struct {
	Hour    int    `expr:"hour"`
	Minute  int    `expr:"minute"`
	Weekday int    `expr:"weekday"` // 1 is Monday
	Date    string `expr:"date"`    // 2006-01-02
}

type queueView struct {
	Waiting         int     `expr:"waiting"`
	LongestWaitS    int     `expr:"longest_wait_s"`
	ExpectedWaitS   int     `expr:"expected_wait_s"` // -1: not known
	AgentsAvailable int     `expr:"agents_available"`
	ServiceLevel    float64 `expr:"service_level"`
}

// expression is a compiled one.
type expression struct {
	source  string
	program *vm.Program
	refs    []named
	visits  bool
}

// named is what an expression names by a constant text.
type named struct {
	kind Ref // empty: a node
	ref  string
}

// expressionError says where an expression is wrong; Line and Column count from 1.
type expressionError struct {
	Line, Column int
	Message      string
}

func (e *expressionError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// compileExpression compiles a text. A decision's must be true or false.
func compileExpression(source string, truth bool) (*expression, error) {
	if utf8.RuneCountInString(source) > ExpressionMax {
		return nil, &expressionError{1, 1, fmt.Sprintf("An expression has at most %d characters.", ExpressionMax)}
	}
	look := &looker{}
	options := []expr.Option{
		expr.Env(environment{}), expr.DisableAllBuiltins(), expr.MaxNodes(nodesMax), expr.Patch(look),
	}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	if truth {
		options = append(options, expr.AsBool())
	}
	program, err := expr.Compile(source, options...)
	if err == nil && look.bad != nil {
		err = look.bad.Bind(file.NewSource(source))
	}
	if err != nil {
		return nil, placed(err)
	}
	return &expression{source: source, program: program, refs: look.refs, visits: look.visits}, nil
}

// placed makes one kind of error of what the compiler says.
func placed(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return &expressionError{1, 1, err.Error()}
	}
	return &expressionError{max(at.Line, 1), at.Column + 1, at.Message}
}

// looker refuses what could cost more than its length, and notes what is named.
type looker struct {
	bad    *file.Error
	refs   []named
	visits bool
}

// Visit looks at one node of the tree.
func (l *looker) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.NilNode, *ast.IdentifierNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ConstantNode,
		*ast.UnaryNode, *ast.ChainNode, *ast.MemberNode, *ast.SliceNode, *ast.ConditionalNode, *ast.ArrayNode,
		*ast.MapNode, *ast.PairNode:
	case *ast.BuiltinNode:
		if !slices.Contains(builtins, n.Name) {
			l.refuse(n, "The function "+n.Name+" is not possible here.")
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			l.refuse(n, "Ranges (..) are not possible here.")
		}
	case *ast.CallNode:
		l.call(n)
	default:
		l.refuse(*node, "Variables, several statements and functions over each element of a list are not possible here.")
	}
}

func (l *looker) refuse(n ast.Node, why string) {
	if l.bad == nil {
		l.bad = &file.Error{Location: n.Location(), Message: why}
	}
}

func (l *looker) call(n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || len(n.Arguments) != 1 {
		return
	}
	l.visits = l.visits || callee.Value == "visits"
	text, ok := n.Arguments[0].(*ast.StringNode)
	if !ok {
		return
	}
	switch callee.Value {
	case "queue":
		l.refs = append(l.refs, named{RefQueue, text.Value})
	case "open":
		l.refs = append(l.refs, named{RefSchedule, text.Value})
	case "visits":
		l.refs = append(l.refs, named{"", text.Value})
	}
}

// run evaluates the expression.
func (e *expression) run(env environment) (any, error) {
	machine := vm.VM{MemoryBudget: memoryMax}
	out, err := machine.Run(e.program, env)
	if err != nil {
		return nil, placed(err)
	}
	return out, nil
}

// environment gives what an expression sees of the run.
func (r *run) environment() environment {
	at := r.now.Std().In(r.zone())
	weekday := int(at.Weekday())
	if weekday == 0 {
		weekday = 7
	}
	c := &r.contact
	return environment{
		Contact: contactView{
			c.ID.String(), c.Medium, c.Source, c.Destination, c.Language, c.Name, c.Caption, int(c.Priority), c.Data, r.emailView(),
		},
		Customer: customerView{c.Customer.Known, c.Customer.Name, c.Customer.Fields},
		Now:      nowView{at.Hour(), at.Minute(), weekday, at.Format(time.DateOnly)},
		Queue:    r.queueView,
		Open: func(ref string) (bool, error) {
			hours, ok := r.world.Hours(c.Unit, ref, at)
			if !ok {
				return false, fmt.Errorf("there is no schedule %q", ref)
			}
			return hours == HoursOpen, nil
		},
		Visits:   func(id string) int { return int(r.in.Visits[NodeID(id)]) },
		Like:     matchesAny,
		Mentions: mentions,
	}
}

func (r *run) queueView(ref string) (queueView, error) {
	q, ok := r.world.Queue(r.contact.Unit, ref)
	if !ok {
		return queueView{}, fmt.Errorf("there is no queue %q", ref)
	}
	expected := -1
	if q.ExpectedWait >= 0 {
		expected = int(q.ExpectedWait / time.Second)
	}
	return queueView{q.Waiting, int(q.LongestWait / time.Second), expected, q.Available, q.ServiceLevel}, nil
}

func (r *run) zone() *time.Location {
	if zone := r.world.Zone(r.contact.Unit); zone != nil {
		return zone
	}
	return time.UTC
}

// text evaluates an expression to a text, as it is kept in the contact data.
func (r *run) text(e *expression) (string, error) {
	v, err := e.run(r.environment())
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case []string:
		return strings.Join(v, ", "), nil
	default:
		return "", fmt.Errorf("the expression gives neither a text nor a number, but %s", reflect.TypeOf(v))
	}
}

// truth evaluates an expression to true or false.
func (r *run) truth(e *expression) (bool, error) {
	v, err := e.run(r.environment())
	if err != nil {
		return false, err
	}
	yes, ok := v.(bool)
	if !ok {
		return false, errors.New("the expression gives neither true nor false")
	}
	return yes, nil
}

// priority evaluates an expression to a priority, which is brought into its range.
func (r *run) priority(e *expression) (uint8, error) {
	v, err := e.run(r.environment())
	if err != nil {
		return 0, err
	}
	var n float64
	switch v := v.(type) {
	case int:
		n = float64(v)
	case float64:
		n = v
	case string:
		n, err = strconv.ParseFloat(v, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no number", v)
		}
	default:
		return 0, errors.New("the expression gives no number")
	}
	if math.IsNaN(n) {
		return 0, errors.New("the expression gives no number")
	}
	return uint8(min(max(math.Round(n), 1), 100)), nil
}
