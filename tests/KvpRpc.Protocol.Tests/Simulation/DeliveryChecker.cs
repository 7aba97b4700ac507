namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Checks that the messages of a stream arrive once, whole and in order, and that a reply answers its own
/// request. All it knows lies in the call's record, so that it follows a peer that is rolled back.</summary>
internal static class DeliveryChecker
{
    internal static EchoMessage Check(CallRecord call, ReadOnlySpan<byte> bytes)
    {
        if (EchoMessage.Read(bytes) is not { } message)
            throw new SimulationException($"A message of call {call.Id:x} arrived altered ({bytes.Length} bytes).");
        if (call.Id == 0)
            call.Id = message.CallId;
        if (message.CallId != call.Id)
            throw new SimulationException($"A message of call {message.CallId:x} arrived in call {call.Id:x}.");
        if (message.Index != call.Received)
            throw new SimulationException(
                $"Call {call.Id:x}: message {message.Index} came in place of {call.Received}.");
        if (call.Received == 0 && call.IsOwn)
            CheckReply(call, message);
        if (message.Before != call.ReceiveChain)
            throw new SimulationException($"Call {call.Id:x}: message {message.Index} continues another history.");
        call.ReceiveChain = message.After(bytes.Length);
        call.Received++;
        return message;
    }

    private static void CheckReply(CallRecord call, in EchoMessage message)
    {
        if (message.Echo != call.SendChain || call.MessagesLeft > 0)
            throw new SimulationException($"Call {call.Id:x}: the reply answers another request.");
    }
}
