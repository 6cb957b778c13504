import HTTPTypes
import Hummingbird

/// Finds out who asks, holds them to what an address may ask, and tells in the answer what the limits on the way have said.
///
/// Stands outside of ``ProblemMiddleware``, so that answers that are problems have the fields too.
struct RateMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let limits: RequestLimits

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.address = context.address.client(
            forwarded: request.headers[values: .forwardedFor], proxies: limits.trustedProxies)
        var response = try await answer(request, context, next)
        context.rates.write(to: &response.headers)
        return response
    }

    private func answer(
        _ request: Request, _ context: APIContext, _ next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do throws(Problem) {
            try context.rates.note(limits.request(from: context.address, now: .now).map { [$0] } ?? [])
        } catch {
            return try error.response(from: request, context: context)
        }
        return try await next(request, context)
    }
}
