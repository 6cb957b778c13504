import HTTPTypes
import Hummingbird
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `GET /v1/events`: what happens, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
struct EventRoutes: Sendable {
    let store: any EventStore
    let watch: EventWatch
    let settings: EventSettings
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        routes.group("events").add(middleware: guards.read).get { request, context in try await follow(request, context) }
    }

    private func follow(_ request: Request, _ context: APIContext) async throws -> Response {
        let app = try context.requireApp()
        let filter = try Self.filter(request)
        let start = try await start(request, app)
        // Asked before anything is answered: who is one too many is told so, not cut off.
        guard let place = watch.enter(app) else { throw Self.tooMany }
        let stream = EventStream(
            app: app, filter: filter, store: store, watch: watch, heartbeatSeconds: Double(settings.heartbeatSeconds),
            until: now().addingTimeInterval(Double(settings.streamSeconds)), now: now)
        return Response(status: .ok, headers: Self.headers, body: ResponseBody { writer in
            defer { withExtendedLifetime(place) {} }
            try await stream.run(from: start, request, &writer)
        })
    }

    private static let headers: HTTPFields = [
        .contentType: "text/event-stream", .cacheControl: "no-store",
        // nginx would hold events back until it has a buffer full.
        .accelBuffering: "no",
    ]

    private static let tooMany = Problem(
        .tooManyRequests, "too_many_streams",
        "this App has as many streams of events open as it may; close one, or raise events.readersPerApp", retryAfterSeconds: 10)

    // MARK: What is asked for

    private static func filter(_ request: Request) throws -> EventFilter {
        let query = request.uri.queryParameters
        let kinds = query["kinds"].map { $0.split(separator: ",").map(String.init) } ?? []
        return EventFilter(kinds: try Set(names: kinds), push: query["push"].map { PushID(rawValue: String($0)) })
    }

    /// Where a client was that comes back; else now.
    private func start(_ request: Request, _ app: AppID) async throws -> EventPosition {
        let asked = [
            try Self.position(request.headers[.lastEventID], "Last-Event-ID"),
            try Self.position(request.uri.queryParameters["last_event_id"].map(String.init), "last_event_id"),
        ]
        if let known = asked.lazy.compactMap(\.self).first { return known }
        return try await store.newest(of: [app])[app] ?? .start
    }

    private static func position(_ text: String?, _ field: String) throws -> EventPosition? {
        guard let text, !text.isEmpty else { return nil }
        guard let position = EventPosition(text) else {
            throw Problem.invalid(field, "give the id of an event as it came, such as 0-42; leave it out to begin with now")
        }
        return position
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = Self("Last-Event-ID")!
    fileprivate static let accelBuffering = Self("X-Accel-Buffering")!
}
