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
	// SQLite allows more parameters, but with this many values a scan is as fast.
	maxValues = 10_000
	// Up to this value, whole numbers have the same JSON as integers and as doubles.
	maxWholeNumber = 1 << 53
)

var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*$`)

// narrow translates the part of a filter that SQLite can apply: values and ranges of fields. FerretDB passes only a filter
// that is a single _id on to SQLite; with all others it reads every document of the collection and filters itself. It
// still filters the result, so extra documents do no harm; missing ones would.
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
		// A list matches when any of its elements does.
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
			if some, ok := exactAll(operand); ok {
				add(fmt.Sprintf("%s IN (NULL%s)", json, strings.Repeat(", ?", len(some))), some...)
			}
		case "$gt", "$gte", "$lt", "$lte":
			if _, ok := exact(operand); ok && hasOrder(operand) {
				sign := map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}[operator]
				// ->> compares as number or text, not as JSON.
				add(fmt.Sprintf("%s->>'%s' %s ?", metadata.DefaultColumn, field, sign), operand)
			}
		}
	}
	return parts, args
}

// orderByID relies on the ids of one collection being all numbers or all texts.
func orderByID(direction int64) string {
	order := " ORDER BY " + metadata.DefaultColumn + "->>'_id'"
	if direction < 0 {
		order += " DESC"
	}
	return order
}

// exactAll returns the JSON of every element of a list; false when one has no single form.
func exactAll(operand any) (args []any, ok bool) {
	array, ok := operand.(*types.Array)
	if !ok || array.Len() > maxValues {
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

// exact returns the JSON of a value in the file; false when equal values may have different JSON.
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
	// Zero and minus zero are equal and differ as JSON.
	if number == 0 || number != math.Trunc(number) || math.Abs(number) > maxWholeNumber {
		return "", false
	}
	bytes, err := sjson.MarshalSingleValue(value)
	return string(bytes), err == nil
}

// hasOrder reports whether SQLite orders such values as MongoDB does.
func hasOrder(value any) bool {
	switch value.(type) {
	case string, int32, int64, float64:
		return true
	default:
		return false
	}
}
