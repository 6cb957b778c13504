import CentrifugoAPI
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

extension CentrifugoError {
    /// Within a reply.
    var proto: ProtoError {
        .with {
            $0.code = UInt32(clamping: code)
            $0.message = message
        }
    }

    /// In transport mode: the call's status, with the error as its detail.
    var rpcError: RPCError {
        let detail = try? Google_Protobuf_Any(message: proto)
        var error = RPCError(GoogleRPCStatus(code: rpcCode, message: message, details: detail.map { [.any($0)] } ?? []))
        error.metadata.add(contentsOf: trailers)
        return error
    }

    /// What was wrong, where the reply has no room to say it.
    var trailers: Metadata { ["herald-problem": .string(headerText(problem))] }

    private var rpcCode: RPCError.Code {
        switch code {
        case 102, 104: .notFound
        case 107, 108: .invalidArgument
        case 112: .outOfRange
        case 113: .alreadyExists
        default: .internalError
        }
    }
}
