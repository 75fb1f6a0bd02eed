package plan

// Category is what a contact is about. Its name is the object's.
type Category struct {
	Description string `json:"description,omitempty" maxLength:"1000"`
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (k Category) Check() error {
	var c checker
	c.text("description", k.Description, DescriptionMax)
	return c.result()
}
