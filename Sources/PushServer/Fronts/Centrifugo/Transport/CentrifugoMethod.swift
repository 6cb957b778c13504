import PushProviders
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A method of the push API: its request, and what is done about it. Names and members are the proto's.
protocol CentrifugoMethod: Decodable, Sendable {
    associatedtype Answer: Encodable
    static var name: String { get }
    /// Its number in the legacy style.
    static var number: Int { get }
    /// Members that hold somebody else's JSON.
    static var rawPaths: [[String]] { get }
    /// - Throws: anything; ``CentrifugoError`` says what clients are told of it.
    func answer(_ parts: CentrifugoParts) async throws -> Answer
}

extension CentrifugoMethod {
    static var rawPaths: [[String]] { [] }
}

/// `{}`
struct CentrifugoNothing: Encodable {}

/// What methods are made of: the core's ports.
struct CentrifugoParts: Sendable {
    let settings: CentrifugoSettings
    let devices: any DeviceStore
    let users: any UserStore
    let intake: PushIntake
    let pushes: any PushStore
    let receipts: any ReceiptStore
    let rules: WordingRules
    let endpointPolicy: EndpointPolicy
    let watch: EventWatch
    let readiness: Readiness
    let metrics: CentrifugoMetrics
    let now: @Sendable () -> Date
    /// The request's own text.
    var said: [UInt8] = []
    /// Names the record that the request came in, which may be read more than once; nil for requests that clients made.
    var record: String?
    /// Centrifugo knows no tenants.
    let app = AppID.default
}

/// A method with its parameters, ready to be carried out: what HTTP, batches and the legacy style have in common.
struct CentrifugoCall: Sendable {
    /// - Returns: the result, an object in JSON.
    let run: @Sendable () async throws -> [UInt8]

    init(_ run: @escaping @Sendable () async throws -> [UInt8]) { self.run = run }

    init(_ method: some CentrifugoMethod, _ parts: CentrifugoParts, said: [UInt8]) {
        var parts = parts
        parts.said = said
        self.init { [parts] in try GoJSON.encode(try await method.answer(parts)) }
    }
}
