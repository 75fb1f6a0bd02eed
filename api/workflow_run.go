package api

import "context"

func (s *Server) testFlow(_ context.Context, c call, in *testFlowInput) (*Answer[FlowTestResult], error) {
	if !in.Body.Contact.Queue.IsZero() {
		if q, ok := s.names().queues[in.Body.Contact.Queue]; !ok || q.Unit != c.unit {
			return nil, errMissing.On("contact.queue")
		}
	}
	if !in.Body.ID.IsZero() {
		if _, err := s.flow(c.unit, in.Body.ID); err != nil {
			return nil, errMissing.On("id")
		}
	}
	return &Answer[FlowTestResult]{}, nil
}

func (s *Server) flowCounts(_ context.Context, c call, in *idInput) (*Answer[FlowCounts], error) {
	if _, err := s.flow(c.unit, in.ID); err != nil {
		return nil, err
	}
	return &Answer[FlowCounts]{FlowCounts{Nodes: []FlowCount{}, Now: s.at()}}, nil
}

func (s *Server) contactPath(ctx context.Context, c call, in *contactInput) (*Answer[ContactPath], error) {
	if _, err := s.contact(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	return &Answer[ContactPath]{ContactPath{Steps: []PathStep{}}}, nil
}
