import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An answer in JSON: snake_case by the types' own names, dates in RFC 3339.
struct JSONReply {
    let response: Response

    init(_ status: HTTPResponse.Status = .ok, _ value: some Encodable, headers: HTTPFields = [:]) throws {
        self.init(status, text: ByteBuffer(bytes: try Self.encode(value)), headers: headers)
    }

    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Moment.text(date))
        }
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return try encoder.encode(value)
    }

    /// - Parameter text: JSON already.
    init(_ status: HTTPResponse.Status, text: ByteBuffer, headers: HTTPFields) {
        var headers = headers
        headers[.contentType] = "application/json"
        response = Response(status: status, headers: headers, body: .init(byteBuffer: text))
    }
}

/// A member that is `null` when there is nothing to say, instead of missing.
struct OrNull<Value: Encodable>: Encodable {
    let value: Value?
    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension JSONReply: ResponseGenerator {
    func response(from request: Request, context: some RequestContext) throws -> Response { response }
}
