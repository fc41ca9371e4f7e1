package sqlite

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
)

const (
	// SQLite takes some more parameters; whoever asks for so many may as well read everything.
	mostValues = 10_000
	// Up to here a number is written the same way whether it is whole by its type or by chance.
	most = 1 << 53
)

var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*$`)

// The part of a filter that SQLite can answer: values of fields, and ranges of them. FerretDB leaves to SQLite only a
// filter that is an _id and nothing else; with all others it reads every document of the collection, and looks at each
// itself. It still looks at those that are left, so too many do no harm; too few would.
func narrow(filter *types.Document) (where string, args []any) {
	if filter == nil {
		return "", nil
	}
	var parts []string
	for _, field := range filter.Keys() {
		if !plain.MatchString(field) {
			continue
		}
		value, _ := filter.Get(field)
		part, values := narrowField(field, value)
		parts, args = append(parts, part...), append(args, values...)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

func narrowField(field string, value any) (parts []string, args []any) {
	json := metadata.DefaultColumn + "->'" + field + "'"
	add := func(part string, values ...any) {
		// Of a list each element may be the one that is meant.
		if field != "_id" {
			part = fmt.Sprintf("(%s OR json_type(%s, '$.%s') = 'array')", part, metadata.DefaultColumn, field)
		}
		parts, args = append(parts, part), append(args, values...)
	}
	if text, ok := exact(value); ok {
		add(json+" = ?", text)
		return parts, args
	}
	conditions, ok := value.(*types.Document)
	if !ok {
		return nil, nil
	}
	for _, operator := range conditions.Keys() {
		operand, _ := conditions.Get(operator)
		switch operator {
		case "$in":
			if some, ok := all(operand); ok {
				add(fmt.Sprintf("%s IN (NULL%s)", json, strings.Repeat(", ?", len(some))), some...)
			}
		case "$gt", "$gte", "$lt", "$lte":
			if _, ok := exact(operand); ok && hasOrder(operand) {
				sign := map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}[operator]
				// As a number or a text, and not as JSON.
				add(fmt.Sprintf("%s->>'%s' %s ?", metadata.DefaultColumn, field, sign), operand)
			}
		}
	}
	return parts, args
}

// Ids of a collection are all numbers or all texts with us.
func orderByID(direction int64) string {
	order := " ORDER BY " + metadata.DefaultColumn + "->>'_id'"
	if direction < 0 {
		order += " DESC"
	}
	return order
}

func all(operand any) (args []any, ok bool) {
	array, ok := operand.(*types.Array)
	if !ok || array.Len() > mostValues {
		return nil, false
	}
	for at := 0; at < array.Len(); at++ {
		value, err := array.Get(at)
		if err != nil {
			return nil, false
		}
		text, ok := exact(value)
		if !ok {
			return nil, false
		}
		args = append(args, text)
	}
	return args, true
}

// A value as it lies in the file; false where equal values may lie there differently.
func exact(value any) (text string, ok bool) {
	number := 1.0
	switch value := value.(type) {
	case string, types.ObjectID, bool:
	case int32:
		number = float64(value)
	case int64:
		number = float64(value)
	case float64:
		number = value
	default:
		return "", false
	}
	// Zero may be minus zero.
	if number == 0 || number != math.Trunc(number) || math.Abs(number) > most {
		return "", false
	}
	bytes, err := sjson.MarshalSingleValue(value)
	return string(bytes), err == nil
}

// Whether SQLite orders such values as MongoDB does.
func hasOrder(value any) bool {
	switch value.(type) {
	case string, int32, int64, float64:
		return true
	default:
		return false
	}
}
