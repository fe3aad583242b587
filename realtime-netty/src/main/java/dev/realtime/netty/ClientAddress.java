package dev.realtime.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * Where a client is: the other end of its connection, or, where that is a trusted proxy,
 * what the proxy says.
 */
final class ClientAddress {

	private final List<IpSubnetFilterRule> proxies;

	/**
	 * With these proxies.
	 * @param proxies addresses, or networks such as {@code 10.0.0.0/8}
	 * @throws IllegalArgumentException if one is neither
	 */
	ClientAddress(List<String> proxies) {
		this.proxies = proxies.stream().map(ClientAddress::rule).toList();
	}

	private static IpSubnetFilterRule rule(String proxy) {
		String[] parts = proxy.split("/", 2);
		InetAddress address = NetUtil.createInetAddressFromIpAddressString(parts[0]);
		if (address == null) {
			throw new IllegalArgumentException("'" + proxy + "' of realtime.trusted-proxies is neither an IP address"
					+ " nor a network such as 10.0.0.0/8");
		}
		int prefix = (parts.length > 1) ? Integer.parseInt(parts[1]) : address.getAddress().length * Byte.SIZE;
		return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
	}

	/**
	 * Where a client is.
	 * @param peer the other end of the connection
	 * @param forwardedFor the {@code X-Forwarded-For} headers, in order
	 * @return an IP address, or {@code null} if the connection has none
	 */
	@Nullable String of(SocketAddress peer, List<String> forwardedFor) {
		if (!(peer instanceof InetSocketAddress address)) {
			return null;
		}
		InetAddress client = address.getAddress();
		String[] hops = String.join(",", forwardedFor).split(",");
		// Each proxy appends whom it heard from; what stands before the first that is no
		// proxy of ours may be made up.
		for (int i = hops.length - 1; i >= 0 && isProxy(client); i--) {
			InetAddress hop = NetUtil.createInetAddressFromIpAddressString(hops[i].trim());
			if (hop == null) {
				break;
			}
			client = hop;
		}
		return client.getHostAddress();
	}

	private boolean isProxy(InetAddress address) {
		InetSocketAddress socketAddress = new InetSocketAddress(address, 0);
		return this.proxies.stream().anyMatch((rule) -> rule.matches(socketAddress));
	}

}
