import Crypto
import HTTPTypes
import Hummingbird
import PushSender

extension Idempotency {
    /// - Parameter asked: all that is asked for.
    /// - Returns: nil where the request has no `Idempotency-Key`.
    /// - Throws: ``Problem`` 422
    init?(_ request: Request, _ asked: [UInt8]) throws(Problem) {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        guard (1...Self.keyLimitBytes).contains(key.utf8.count) else {
            throw Problem.invalid("Idempotency-Key", "give 1 to \(Self.keyLimitBytes) bytes")
        }
        self.init(key: key, requestHash: Array(SHA256.hash(data: asked)))
    }

    private static let keyLimitBytes = 255
}

extension HTTPField.Name {
    /// draft-ietf-httpapi-idempotency-key-header
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
