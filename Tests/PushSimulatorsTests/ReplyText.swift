import Testing

@testable import PushSimulators

extension SimulatorReply {
    var json: JSONText { JSONText(body) ?? .null }
}

/// A good request bent by one thing, and what it gets.
struct Bent<Client>: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let expected: String
    let bend: @Sendable (inout SimulatorRequest) -> Void

    init(_ name: String, _ expected: String, _ bend: @escaping @Sendable (inout SimulatorRequest) -> Void) {
        testDescription = name
        self.expected = expected
        self.bend = bend
    }
}
