import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Request {
    /// Reads a JSON body, whatever its content type says.
    /// - Parameter rawPaths: values to be decoded as `String`, with their text byte for byte.
    /// - Throws: ``Problem`` that names the field and what is wrong with it.
    func json<Value: Decodable>(
        _ type: Value.Type, rawAt rawPaths: [[String]] = [], limitBytes: Int = 262_144
    ) async throws -> Value {
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: limitBytes)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "too_large", "the request body has more than \(limitBytes) bytes")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            let text = rawPaths.isEmpty ? Array(body.readableBytesView) : RawJSON.quote(rawPaths, in: Array(body.readableBytesView))
            return try decoder.decode(type, from: Data(text))
        } catch let error as DecodingError {
            throw Problem(error)
        }
    }
}

extension Problem {
    init(_ error: DecodingError) {
        switch error {
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self.init(.badRequest, "malformed_json", "the body is not JSON: send one JSON object, in UTF-8")
        case .dataCorrupted(let context):
            self.init(context, context.debugDescription)
        case .keyNotFound(let key, let context):
            let path = context.codingPath + [key]
            self.init(.unprocessableContent, "missing_field", "\(fieldName(path)) is missing", field: fieldName(path))
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self.init(context, "expected \(words(for: type))")
        @unknown default:
            self.init(.badRequest, "malformed_json", "the body can't be read")
        }
    }

    private init(_ context: DecodingError.Context, _ detail: String) {
        let field = fieldName(context.codingPath)
        self.init(
            .unprocessableContent, "invalid_field", field.isEmpty ? "the body: \(detail)" : "\(field): \(detail)",
            field: field.isEmpty ? nil : field)
    }
}

/// `audience.devices[3]`, in the API's spelling.
private func fieldName(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { name, key in
        if let index = key.intValue {
            name += "[\(index)]"
        } else {
            name += (name.isEmpty ? "" : ".") + snakeCase(key.stringValue)
        }
    }
}

private func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
}

private func words(for type: any Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Bool.Type: "true or false"
    case is Int.Type, is Int64.Type, is Double.Type: "a number"
    case is [Any].Type: "a list"
    default: "an object"
    }
}
