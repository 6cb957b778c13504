import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PushService

/// Reads what is posted to a capability URL, and says no in the words that senders know.
struct PostReader: Sendable {
    let limits: PushServiceLimits
    let trustedProxies: [AddressBlock]
    let logger: Logger

    func read(_ request: Request, version: String, token: String) async throws -> MessageRequest {
        let headers = MessageRequest.Headers { name in
            HTTPField.Name(name).flatMap { request.headers[$0] }
        }
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: limits.bodyBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            // One byte too many stands for all of them: the headers are judged first, then the size.
            body = Array(repeating: 0, count: limits.bodyBytes + 1)
        }
        return MessageRequest(version: version, token: token, headers: headers, body: body)
    }

    /// Who posts, also behind a proxy of the operator's.
    func address(of request: Request, _ context: APIContext) -> ClientAddress {
        context.address.client(forwarded: request.headers[values: .forwardedFor], proxies: trustedProxies)
    }

    /// What `work` answers; a refusal in JSON; 503 when it failed for another reason.
    func answer(_ work: () async throws -> Response) async -> Response {
        do {
            return try await work()
        } catch let refusal as EndpointRefusal {
            return refusal.response
        } catch let problem as Problem where problem.status == .requestTimeout {
            return EndpointRefusal.tooSlow(problem.detail).response
        } catch {
            logger.error("A message could not be stored or deleted", metadata: ["error": "\(error)"])
            return EndpointRefusal.storeFailed(retryAfterSeconds: limits.retryAfterSeconds).response
        }
    }
}
