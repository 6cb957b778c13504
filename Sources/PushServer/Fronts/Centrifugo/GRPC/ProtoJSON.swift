import SwiftProtobuf

/// Messages as the JSON that stands for them over HTTP, and back.
enum ProtoJSON {
    /// Names as the proto has them, numbers as numbers; what is empty is left out.
    static func text(_ message: some Message) throws -> [UInt8] {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.alwaysPrintInt64sAsNumbers = true
        return try message.jsonUTF8Bytes(options: options)
    }

    /// Members that the message has no number for are passed over.
    static func message<Result: Message>(_ json: [UInt8]) throws -> Result {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        return try Result(jsonUTF8Bytes: json, options: options)
    }
}
