import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

extension StreamingServerRequest {
    /// Its one message. A client that begins a call and says no more doesn't hold it.
    func single(withinSeconds seconds: Int) async throws -> ServerRequest<Message> {
        try await withThrowingTaskGroup(of: ServerRequest<Message>.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await ServerRequest(stream: self) }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw RPCError(code: .deadlineExceeded, message: "no message came within \(seconds) s")
            }
            guard let request = try await group.next() else { throw CancellationError() }
            return request
        }
    }
}

/// Says what is wrong with a message that is too large.
struct BoundedDeserializer<Request: Message>: MessageDeserializer {
    let limitBytes: Int

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Request {
        let count = bytes.withUnsafeBytes(\.count)
        guard count <= limitBytes else {
            throw RPCError(code: .resourceExhausted, message: "the message has \(count) bytes; at most \(limitBytes) are taken")
        }
        return try ProtobufDeserializer().deserialize(bytes)
    }
}
