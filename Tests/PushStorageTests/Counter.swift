import Synchronization

final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func next() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
}

final class ResultBox<Value: Sendable>: Sendable {
    private struct Missing: Error {}
    private let result = Mutex<Result<Value, any Error>>(.failure(Missing()))
    func set(_ value: Result<Value, any Error>) { result.withLock { $0 = value } }
    func get() throws -> Value { try result.withLock { $0 }.get() }
}
