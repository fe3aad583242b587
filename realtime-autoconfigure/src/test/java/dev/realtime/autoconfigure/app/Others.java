package dev.realtime.autoconfigure.app;

import java.util.List;
import java.util.Map;

import dev.realtime.Realtime;

import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Publishes to all but the connection that asks for it.
 */
@RestController
public class Others {

	private final Realtime realtime;

	Others(Realtime realtime) {
		this.realtime = realtime;
	}

	@PostMapping("/others/{room}")
	public void byHttp(@PathVariable String room, @RequestParam String text) {
		this.realtime.to("room.{room}", room).data(Map.of("text", text)).toOthers().publish();
	}

	@PostMapping("/others/{room}/all")
	public void byHttpToSeveral(@PathVariable String room, @RequestParam String text) {
		this.realtime.toAll(List.of("room." + room)).data(Map.of("text", text)).toOthers().publish();
	}

	@MessageMapping("others.{room}")
	void byStomp(@DestinationVariable String room, String text) {
		this.realtime.forTenant("acme").to("room.{room}", room).data(Map.of("text", text)).toOthers().publish();
	}

}
