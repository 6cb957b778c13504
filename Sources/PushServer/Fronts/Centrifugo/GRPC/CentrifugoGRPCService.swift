import CentrifugoAPI
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// Centrifugo's API over gRPC: a call's message becomes the JSON that the method takes over HTTP, and what that answers a message.
struct CentrifugoGRPCService: RegistrableRPCService {
    /// What the metadata `authorization` has to be; nil: nobody is asked.
    let key: CentrifugoKey?
    let usesTransportErrors: Bool
    let dispatcher: CentrifugoDispatcher
    /// How long a client may take to say what it wants.
    private static let messageSeconds = 30
    static let messageBytes = 4 << 20

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        add("info", ProtoInfoRequest.self, ProtoInfoResponse.self, to: &router)
        add("device_register", ProtoDeviceRegisterRequest.self, ProtoDeviceRegisterResponse.self, to: &router)
        add("device_update", ProtoDeviceUpdateRequest.self, ProtoDeviceUpdateResponse.self, to: &router)
        add("device_remove", ProtoDeviceRemoveRequest.self, ProtoDeviceRemoveResponse.self, to: &router)
        add("device_list", ProtoDeviceListRequest.self, ProtoDeviceListResponse.self, to: &router)
        add("device_topic_list", ProtoDeviceTopicListRequest.self, ProtoDeviceTopicListResponse.self, to: &router)
        add("device_topic_update", ProtoDeviceTopicUpdateRequest.self, ProtoDeviceTopicUpdateResponse.self, to: &router)
        add("user_topic_list", ProtoUserTopicListRequest.self, ProtoUserTopicListResponse.self, to: &router)
        add("user_topic_update", ProtoUserTopicUpdateRequest.self, ProtoUserTopicUpdateResponse.self, to: &router)
        add("send_push_notification", ProtoSendPushNotificationRequest.self, ProtoSendPushNotificationResponse.self, to: &router)
        add("update_push_status", ProtoUpdatePushStatusRequest.self, ProtoUpdatePushStatusResponse.self, to: &router)
        add("cancel_push", ProtoCancelPushRequest.self, ProtoCancelPushResponse.self, to: &router)
        add("batch", to: &router, replies)
    }

    private func add<Request: Message, Response: ProtoResponse, Transport: ServerTransport>(
        _ name: String, _: Request.Type, _: Response.Type, to router: inout RPCRouter<Transport>
    ) {
        add(name, to: &router) { (request: ServerRequest<Request>) -> ServerResponse<Response> in
            try response(to: await result(name, request.message), isTransport: isTransport(request.metadata))
        }
    }

    private func add<Request: Message, Response: Message, Transport: ServerTransport>(
        _ name: String, to router: inout RPCRouter<Transport>,
        _ answer: @escaping @Sendable (ServerRequest<Request>) async throws -> ServerResponse<Response>
    ) {
        router.registerHandler(
            forMethod: Self.descriptor(name), deserializer: BoundedDeserializer<Request>(limitBytes: Self.messageBytes),
            serializer: ProtobufSerializer<Response>()
        ) { request, _ in
            guard admits(request.metadata) else { throw RPCError(code: .unauthenticated, message: "unauthenticated") }
            return StreamingServerResponse(single: try await answer(try await request.single(withinSeconds: Self.messageSeconds)))
        }
    }

    /// `device_register` is DeviceRegister here.
    private static func descriptor(_ name: String) -> MethodDescriptor {
        let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return MethodDescriptor(fullyQualifiedService: "centrifugal.centrifugo.api.CentrifugoApi", method: words.joined())
    }

    // MARK: What metadata says

    private func admits(_ metadata: Metadata) -> Bool {
        guard let key else { return true }
        return key.matches(metadata[stringValues: "authorization"].first { _ in true })
    }

    private func isTransport(_ metadata: Metadata) -> Bool {
        usesTransportErrors || metadata[stringValues: "x-centrifugo-error-mode"].contains("transport")
    }

    // MARK: Answering

    private func result(_ name: String, _ message: some Message) async -> Result<[UInt8], CentrifugoError> {
        do {
            guard let call = try dispatcher.call(name, ProtoJSON.text(message)) else { return .failure(.notFound("there is no \(name)")) }
            return await dispatcher.result(of: call, name)
        } catch {
            return .failure(CentrifugoError(error))
        }
    }

    private func response<Response: ProtoResponse>(
        to result: Result<[UInt8], CentrifugoError>, isTransport: Bool
    ) throws -> ServerResponse<Response> {
        switch result {
        case .success(let json): return ServerResponse(message: try .with { $0.result = try ProtoJSON.message(json) })
        case .failure(let error) where isTransport: throw error.rpcError
        case .failure(let error): return ServerResponse(message: .with { $0.error = error.proto }, trailingMetadata: error.trailers)
        }
    }

    /// Errors stand in the replies, in every mode.
    private func replies(_ request: ServerRequest<ProtoBatchRequest>) async throws -> ServerResponse<ProtoBatchResponse> {
        do {
            let replies = try await CentrifugoBatch(dispatcher).replies(to: ProtoJSON.text(request.message))
            return ServerResponse(message: try ProtoJSON.message(replies))
        } catch {
            throw CentrifugoError(error).rpcError
        }
    }
}
