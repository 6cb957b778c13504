import HTTPTypes
import Hummingbird
import Logging
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/_matrix/push/v1/notify`: homeservers' gateway to endpoints of ours, and to devices that are registered here. Nobody proves who he is,
/// so it is off unless `matrixGateway` is set.
struct MatrixRoutes: Sendable {
    let gateway: MatrixGateway
    let limits: RateMiddleware
    let logger: Logger

    func add(to router: Router<APIContext>) {
        let routes = router.group().add(middleware: limits).add(middleware: AnyOriginMiddleware())
        routes.get(Self.path) { _, _ in JSONReply(.ok, text: Self.discovery, headers: [:]) }
        routes.post(Self.path) { request, context in await notify(request, context) }
        for method in Self.methods {
            if method != .get, method != .post { routes.on(Self.path, method: method) { _, _ in MatrixProblem.wrongMethod.response } }
            routes.on("_matrix/**", method: method) { _, _ in MatrixProblem.noSuchPath.response }
        }
    }

    private static let path: RouterPath = "_matrix/push/v1/notify"
    private static let methods: [HTTPRequest.Method] = [.get, .post, .put, .delete, .patch]
    /// How UnifiedPush's apps find out that their endpoint's host has a gateway.
    private static let discovery = ByteBuffer(string: #"{"unifiedpush":{"gateway":"matrix"}}"#)

    private func notify(_ request: Request, _ context: APIContext) async -> Response {
        do {
            let notice = try MatrixNotice(try await request.bytes(MatrixNotice.limitBytes))
            let rejected = try await gateway.handOn(notice, from: context.address)
            let names = rejected.map(JSONMembers.string).joined(separator: ",")
            return JSONReply(.ok, text: ByteBuffer(string: #"{"rejected":[\#(names)]}"#), headers: [:]).response
        } catch let problem as MatrixProblem {
            return problem.response
        } catch let problem as Problem {
            return (problem.status == .requestTimeout ? MatrixProblem.tooSlow(problem.detail) : .tooLarge).response
        } catch {
            logger.error("A homeserver's notification could not be handed on", metadata: ["error": "\(error)"])
            return MatrixProblem.trouble.response
        }
    }
}
